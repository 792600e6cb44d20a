// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.util.List;

/**
 * A group's durable entry at a voter: lease and data freshness in one register, ordered by (epoch, sequence)
 * (safety rule 1).
 *
 * @param epoch    the epoch under which this value was proposed
 * @param sequence grows with each change within one epoch; 0 for {@link #EMPTY} only
 * @param owner    the voter that holds or last held the group; 0 for none
 * @param copies   at most {@value #COPIES_MAX} entries; empty while no data is known
 */
public record GroupRecord(Epoch epoch, long sequence, int owner, List<CopyEntry> copies) {
    /** Enough for eight mirrored disks of two copies each; bounds the record file's slot and the packet. */
    public static final int COPIES_MAX = 16;

    public static final GroupRecord EMPTY = new GroupRecord(Epoch.NONE, 0, 0, List.of());

    public GroupRecord {
        copies = List.copyOf(copies);
        if (copies.size() > COPIES_MAX) {
            throw new IllegalArgumentException(
                    "a record holds at most " + COPIES_MAX + " copies, not " + copies.size());
        }
        if (sequence < 0 || (sequence == 0) != epoch.equals(Epoch.NONE)) {
            throw new IllegalArgumentException("no record: epoch " + epoch + " sequence " + sequence);
        }
    }

    /** Whether this is a later write to the register than {@code other}. */
    public boolean isAbove(GroupRecord other) {
        int order = epoch.compareTo(other.epoch);
        return order > 0 || (order == 0 && sequence > other.sequence);
    }
}
