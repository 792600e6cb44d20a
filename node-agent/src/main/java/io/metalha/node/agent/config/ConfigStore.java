// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files of the agent: what was accepted, and what happened. */
public final class ConfigStore {
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private ConfigStore() {}

    /** What is in the file; {@code otherwise} where there is none or it cannot be read, which is said. */
    public static <T> T read(Path file, Class<T> type, T otherwise) {
        if (!Files.exists(file)) {
            return otherwise;
        }
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (IOException e) {
            Journal.say("cannot read " + file + ": " + e.getMessage() + "; goes on without it");
            return otherwise;
        }
    }

    /** Failing is said and survived: the process still knows what it wrote. */
    public static void write(Path file, Object content) {
        try {
            DurableFile.replace(file, JSON.writeValueAsBytes(content));
        } catch (IOException e) {
            Journal.say("cannot write " + file + ": " + e.getMessage());
        }
    }

    public static String text(Object content) {
        try {
            return JSON.writeValueAsString(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
