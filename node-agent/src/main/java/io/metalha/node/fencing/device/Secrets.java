// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.util.Comparator;
import java.util.List;

/** Takes secrets out of what a fence agent says, before anybody reads it. */
final class Secrets {
    private Secrets() {}

    static String hide(String text, FenceDevice device) {
        // The longest first: one may be a part of another.
        List<String> values = device.secrets().values().stream()
                .filter(value -> !value.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        String hidden = text;
        for (String value : values) {
            hidden = hidden.replace(value, "***");
        }
        return hidden;
    }
}
