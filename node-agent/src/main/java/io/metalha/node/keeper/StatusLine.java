// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.local.Message;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;

/** The keeper's own health as it tells it. */
final class StatusLine {
    private final Host host;
    private final KeeperConfig config;
    private final long session;
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();

    StatusLine(Host host, KeeperConfig config, long session) {
        this.host = host;
        this.config = config;
        this.session = session;
    }

    Message line(boolean voting) {
        return Message.of(
                "status",
                "realtime",
                host.realTime(),
                "memoryLocked",
                host.memoryLocked(),
                "collections",
                collectors.stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                        .sum(),
                "watchdog",
                "none",
                "deadman",
                host.addresses().state(),
                "voting",
                voting,
                "voters",
                config.voters().keySet().stream()
                        .map(voter -> Integer.toString(voter.number()))
                        .collect(Collectors.joining(",")),
                "session",
                AgentLines.session(session));
    }
}
