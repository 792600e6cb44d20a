// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file without which systemd starts none of a group's units. */
record HeldMarker(Path file) {
    boolean exists() {
        return Files.exists(file);
    }

    void create() {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "");
        } catch (IOException e) {
            Journal.say("cannot make " + file + ": " + e.getMessage() + "; units of the group will not start");
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            Journal.say("cannot remove " + file + ": " + e.getMessage());
        }
    }
}
