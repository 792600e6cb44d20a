// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.data;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.leasepage.LeasePage;
import io.metalha.node.linux.MonotonicClock;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether the group's lease still allows effects under the epoch of the promotion; read from the lease page each time. */
public final class LeaseGate {
    private final Path file;
    private final GroupId group;
    private final MonotonicClock clock;
    private volatile Epoch epoch = Epoch.NONE;
    private volatile @Nullable LeasePage page;
    private volatile int slot = -1;

    public LeaseGate(Path file, GroupId group, MonotonicClock clock) {
        this.file = file;
        this.group = group;
        this.clock = clock;
    }

    /** From now on asks for this epoch; {@link Epoch#NONE} shuts. False when the page shows no lease of that epoch now. */
    public boolean open(Epoch next) {
        epoch = next;
        if (next.equals(Epoch.NONE)) {
            return true;
        }
        try {
            if (page == null) {
                page = LeasePage.reader(file);
            }
            if (slot < 0) {
                slot = page.slotOf(group);
            }
        } catch (UncheckedIOException e) {
            return false; // No keeper published anything since the boot.
        }
        return usable();
    }

    public boolean usable() {
        LeasePage current = page;
        int at = slot;
        return current != null && at >= 0 && clock.nanos() < current.usableUntilNanos(at, epoch);
    }
}
