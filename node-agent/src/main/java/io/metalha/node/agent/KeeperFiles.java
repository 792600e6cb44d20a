// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.node.agent.config.DurableFile;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.config.KeeperConf;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes the keeper's configuration and key, and has it read them. */
final class KeeperFiles {
    private static final int KEY_BYTES = 32;

    private final AgentContext context;
    private final Warnings warnings;

    KeeperFiles(AgentContext context, Warnings warnings) {
        this.context = context;
        this.warnings = warnings;
    }

    void configure(MetalCluster cluster) {
        KeeperConf.text(
                        cluster,
                        context.self(),
                        context.conf().witness(),
                        context.paths().clusterKey())
                .ifPresentOrElse(
                        text -> write(context.paths().keeperConf(), text.getBytes(StandardCharsets.UTF_8)),
                        () -> Journal.say("MetalCluster "
                                + cluster.getMetadata().getName() + " has no voter number for this machine yet"));
    }

    void key(byte[] key) {
        if (key.length != KEY_BYTES) {
            warnings.warn(
                    "cluster key",
                    "BadKey",
                    "the Secret's key 'key' has " + key.length + " bytes; it must have " + KEY_BYTES);
            return;
        }
        write(context.paths().clusterKey(), key);
    }

    private void write(Path file, byte[] content) {
        try {
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
                DurableFile.replace(file, content);
                Journal.say("wrote " + file + "; the keeper reads it");
                context.keeper().send(Message.of("reload"));
            }
        } catch (IOException e) {
            Journal.say("cannot write " + file + ": " + e.getMessage());
        }
    }
}
