// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lab's one topology definition (examples/lab/topology.env), as tests read it. */
public final class Topology {
    private final Path root;
    private final Map<String, String> values;

    private Topology(Path root, Map<String, String> values) {
        this.root = root;
        this.values = values;
    }

    /** @param root the checkout */
    public static Topology read(Path root) throws IOException {
        return parse(root, Files.readAllLines(root.resolve("examples/lab/topology.env")));
    }

    static Topology parse(Path root, List<String> lines) {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (!line.startsWith("#") && equals > 0) {
                values.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        return new Topology(root, values);
    }

    public String get(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("examples/lab/topology.env has no " + key);
        }
        return value;
    }

    public List<String> servers() {
        return List.of(get("SERVERS").split(","));
    }

    public Path root() {
        return root;
    }
}
