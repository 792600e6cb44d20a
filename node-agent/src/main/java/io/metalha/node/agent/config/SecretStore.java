// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The Secrets that groups name, kept on disk (mode 0600) for when no API server can be reached. Any thread. */
public final class SecretStore {
    private final Path folder;
    private final Map<String, Map<String, byte[]>> known = new TreeMap<>();

    public SecretStore(Path folder) {
        this.folder = folder;
    }

    public synchronized void put(String name, Map<String, byte[]> content) {
        known.put(name, content);
        StringBuilder lines = new StringBuilder();
        content.forEach((key, value) -> lines.append(key)
                .append('=')
                .append(Base64.getEncoder().encodeToString(value))
                .append('\n'));
        try {
            DurableFile.replace(folder.resolve(name), lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            Journal.say("cannot keep Secret " + name + ": " + e.getMessage());
        }
    }

    public synchronized Optional<Map<String, byte[]>> get(String name) {
        if (!known.containsKey(name) && Files.exists(folder.resolve(name))) {
            try {
                Map<String, byte[]> content = new TreeMap<>();
                for (String line : Files.readAllLines(folder.resolve(name))) {
                    int equals = line.indexOf('=');
                    content.put(line.substring(0, equals), Base64.getDecoder().decode(line.substring(equals + 1)));
                }
                known.put(name, content);
            } catch (IOException | RuntimeException e) {
                Journal.say("cannot read the kept Secret " + name + ": " + e.getMessage());
            }
        }
        return Optional.ofNullable(known.get(name));
    }

    /** The same as text. */
    public Optional<Map<String, String>> texts(String name) {
        return get(name).map(content -> {
            Map<String, String> texts = new TreeMap<>();
            content.forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.UTF_8)));
            return texts;
        });
    }
}
