// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import io.metalha.node.core.NodeId;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * /etc/metalha/node.conf: who this machine is, and where its specification comes from.
 *
 * @param witness    votes only, runs no groups
 * @param kubeconfig file that may be missing: the agent then lives from the configuration it last accepted
 */
public record NodeConf(NodeId node, boolean witness, String cluster, String namespace, Path kubeconfig) {
    public static NodeConf read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        String role = properties.getProperty("role", "node").strip();
        if (!role.equals("node") && !role.equals("witness")) {
            throw new IllegalArgumentException(file + ": role=" + role + " must be node or witness");
        }
        return new NodeConf(
                new NodeId(required(file, properties, "node")),
                role.equals("witness"),
                required(file, properties, "cluster"),
                properties.getProperty("namespace", "default").strip(),
                Path.of(properties
                        .getProperty("kubeconfig", "/etc/metalha/kubeconfig")
                        .strip()));
    }

    private static String required(Path file, Properties properties, String key) {
        String value = properties.getProperty(key, "").strip();
        if (value.isEmpty()) {
            throw new IllegalArgumentException(file + " lacks " + key + "=");
        }
        return value;
    }
}
