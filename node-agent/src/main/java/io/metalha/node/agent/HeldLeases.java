// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.leasepage.LeasePage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the keeper holds for us: by its lease lines, or by the lease page that it leaves behind. One thread. */
final class HeldLeases {
    private final Path file;
    private final Map<GroupId, Epoch> told = new HashMap<>();
    private Optional<LeasePage> page = Optional.empty();

    HeldLeases(Path file) {
        this.file = file;
    }

    /** What was told is used, or about to be told anew. */
    void clear() {
        told.clear();
    }

    void told(GroupId group, Epoch epoch) {
        told.put(group, epoch);
    }

    Optional<Epoch> of(GroupId group, MonotonicTime now) {
        Epoch line = told.get(group);
        if (line != null) {
            return Optional.of(line);
        }
        return open().flatMap(leases -> {
            int slot = leases.slotOf(group);
            return slot < 0
                    ? Optional.empty()
                    : Optional.of(leases.epoch(slot)).filter(epoch -> usable(leases, slot, epoch, now));
        });
    }

    /** Whether the page still has the lease under this epoch. */
    boolean usable(GroupId group, Epoch epoch, MonotonicTime now) {
        return open().filter(leases -> usable(leases, leases.slotOf(group), epoch, now))
                .isPresent();
    }

    private static boolean usable(LeasePage leases, int slot, Epoch epoch, MonotonicTime now) {
        return slot >= 0 && !epoch.equals(Epoch.NONE) && leases.usableUntilNanos(slot, epoch) > now.nanos();
    }

    private Optional<LeasePage> open() {
        if (page.isEmpty()) {
            try {
                page = Optional.of(LeasePage.reader(file));
            } catch (UncheckedIOException _) {
                // No keeper has ever run since the boot: nothing is held.
            }
        }
        return page;
    }
}
