// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import java.util.List;

/** A row of measurements as it is printed. */
final class Figures {
    private Figures() {}

    static String of(List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        return "median " + sorted.get(sorted.size() / 2) + " ms, max " + sorted.getLast() + " ms, n=" + sorted.size()
                + " " + millis;
    }
}
