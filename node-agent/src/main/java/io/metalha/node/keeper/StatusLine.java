// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import com.sun.management.ThreadMXBean;
import io.metalha.node.local.Message;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keeper's own health as it tells it. */
final class StatusLine {
    private final Host host;
    private final KeeperConfig config;
    private final long session;
    private final @Nullable Watchdog watchdog;
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();

    StatusLine(Host host, KeeperConfig config, long session, @Nullable Watchdog watchdog) {
        this.host = host;
        this.config = config;
        this.session = session;
        this.watchdog = watchdog;
    }

    /**
     * {@code sequence} is that of the voter set that this voter has settled in: the operator makes the next change when all say so. Called on the loop's thread, whose allocation it tells.
     */
    Message line(boolean voting, boolean settled, long turns) {
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
                "allocatedBytes",
                allocated(),
                "turns",
                turns,
                "watchdog",
                watchdog == null ? "none" : watchdog.state(),
                "deadman",
                host.addresses().state(),
                "voting",
                voting,
                "voters",
                config.voters().keySet().stream()
                        .map(voter -> Integer.toString(voter.number()))
                        .collect(Collectors.joining(",")),
                "sequence",
                settled ? config.votersSequence() : config.votersSequence() - 1,
                "session",
                AgentLines.session(session));
    }

    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                ? threads.getCurrentThreadAllocatedBytes()
                : -1;
    }
}
