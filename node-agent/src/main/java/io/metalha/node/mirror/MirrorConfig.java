// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.GroupId;
import io.metalha.node.local.Message;
import io.metalha.node.mirror.state.MirrorTiming;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What the agent asks for with {@code configure}.
 *
 * @param sizeBytes 0: as large as the device allows
 * @param listen    own {@code ip:port}s
 * @param peers     the peer's {@code ip:port}s, best first; empty: a copy without a second one
 * @param timing    by how long a keeper hears nothing of a node before it calls it dead
 */
record MirrorConfig(
        String name,
        GroupId group,
        Path backing,
        long sizeBytes,
        List<String> listen,
        List<String> peers,
        Path keyFile,
        boolean createBlank,
        MirrorTiming timing) {
    static MirrorConfig of(Message configure) {
        String mode = configure.find("mode").orElse("Sync");
        if (!mode.equals("Sync")) {
            throw new IllegalArgumentException("mode " + mode + " is not implemented; Sync is");
        }
        String name = configure.get("mirror");
        if (!name.matches("[a-z0-9][-.a-z0-9]{0,126}")) {
            throw new IllegalArgumentException("a mirror's name is GROUP.RESOURCE, not '" + name + "'");
        }
        return new MirrorConfig(
                name,
                new GroupId(configure.get("group")),
                Path.of(configure.get("backing")),
                configure.find("sizeBytes").map(Long::parseLong).orElse(0L),
                list(configure.find("listen").orElse("")),
                list(configure.find("peers").orElse("")),
                Path.of(configure.get("keyFile")),
                configure.find("create").orElse("never").equals("blank"),
                configure
                        .find("peerTimeoutMillis")
                        .map(Long::parseLong)
                        .map(Duration::ofMillis)
                        .map(MirrorTiming::of)
                        .orElse(MirrorTiming.NORMAL));
    }

    private static List<String> list(String text) {
        return text.isEmpty() || text.equals("-")
                ? List.of()
                : Arrays.stream(text.split(",")).filter(s -> !s.isBlank()).toList();
    }

    /** Whether only addresses and timers differ, which a running mirror can take over. */
    boolean isSameDisk(MirrorConfig other) {
        return name.equals(other.name)
                && group.equals(other.group)
                && backing.equals(other.backing)
                && keyFile.equals(other.keyFile)
                && peers.isEmpty() == other.peers.isEmpty();
    }
}
