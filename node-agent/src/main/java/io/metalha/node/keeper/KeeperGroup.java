// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.local.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the loop keeps of one group. The loop's thread only. */
final class KeeperGroup {
    private static final byte[][] NO_ADDRESSES = {};

    final long key;
    /** Unknown for a group that only other nodes run. */
    @Nullable
    GroupId id;

    /** What the agent said last. */
    LeaseEvent.@Nullable Want want;
    /** What the core was told: {@link #want}, or not to try while that would not be safe or of use. */
    LeaseEvent.@Nullable Want wantInForce;
    /** A former lease's stop list is still being carried out. */
    boolean ending;
    /** Since when; of no meaning while not {@link #ending}. */
    long endingSinceNanos;

    /** The epoch held here, {@link Epoch#NONE} while it is not. */
    Epoch held = Epoch.NONE;

    int previousOwner;
    List<CopyEntry> copies = List.of();
    /** The last {@code holder} line, kept until the name is known. */
    @Nullable
    Message holder;

    @Nullable
    StopList stopList;
    /** Addresses that pass while the lease is held. */
    byte[][] addresses = NO_ADDRESSES;

    int pageSlot = -1;
    long usableUntilNanos;
    /** The last of these that was not 0: when the effects of a lease that is over ended. */
    long wasUsableUntilNanos;
    /** Whether the kernel must be given {@link #usableUntilNanos} at the end of this turn. */
    boolean refreshDue;

    KeeperGroup(long key) {
        this.key = key;
    }

    String name() {
        return id == null ? "group %016x".formatted(key) : id.name();
    }

    boolean isHeld() {
        return !held.equals(Epoch.NONE);
    }

    StopList stopList() {
        if (stopList != null) {
            return stopList;
        }
        if (id == null) {
            throw new IllegalStateException(name() + " has no name yet");
        }
        return StopList.empty(id);
    }
}
