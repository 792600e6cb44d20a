// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.Journal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a person should know of the configuration; one sentence a thing, the newest. One thread. */
final class Warnings {
    private final Map<String, String> texts = new TreeMap<>();

    void warn(String what, String reason, String why) {
        String text = reason + ": " + what + ": " + why;
        if (!text.equals(texts.put(what, text))) {
            Journal.say(text);
        }
    }

    List<String> all() {
        return List.copyOf(texts.values());
    }
}
