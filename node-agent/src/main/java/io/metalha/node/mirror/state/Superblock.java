// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a copy durably knows about itself.
 *
 * @param data        id of the mirrored data, {@link #NO_DATA} while blank
 * @param copy        id of this copy, made with it
 * @param sizeBytes   usable size, a multiple of the block size
 * @param generations names of the data's state
 * @param shared      whether another copy may be at {@code generations.current}; false only after a majority recorded every
 *                    other copy as Outdated, and set again, durably, before one is recorded UpToDate
 * @param proposed    generation named in a record request whose outcome is not known yet, else 0
 * @param epoch       the highest epoch under which this copy was written to
 * @param peerCopy id of the other copy, {@link #NO_DATA} while none was met
 * @param clean       false while primary: after a crash the activity log's extents may differ from the peer's
 */
public record Superblock(
        UUID data,
        UUID copy,
        long sizeBytes,
        DiskState disk,
        Generations generations,
        boolean shared,
        long proposed,
        Epoch epoch,
        boolean clean,
        UUID peerCopy) {
    public static final UUID NO_DATA = new UUID(0, 0);

    public static Superblock blank(UUID copy, long sizeBytes) {
        return new Superblock(
                NO_DATA, copy, sizeBytes, DiskState.BLANK, Generations.BLANK, true, 0, Epoch.NONE, true, NO_DATA);
    }

    public boolean isBlank() {
        return disk == DiskState.BLANK;
    }

    public boolean isUpToDate() {
        return disk == DiskState.UP_TO_DATE;
    }

    public Superblock withDisk(DiskState next) {
        return new Superblock(data, copy, sizeBytes, next, generations, shared, proposed, epoch, clean, peerCopy);
    }

    public Superblock withEpoch(Epoch next) {
        return new Superblock(data, copy, sizeBytes, disk, generations, shared, proposed, next, clean, peerCopy);
    }

    public Superblock withClean(boolean next) {
        return new Superblock(data, copy, sizeBytes, disk, generations, shared, proposed, epoch, next, peerCopy);
    }

    public Superblock withProposed(long next) {
        return new Superblock(data, copy, sizeBytes, disk, generations, shared, next, epoch, clean, peerCopy);
    }

    public Superblock withGenerations(Generations next, boolean nextShared) {
        return new Superblock(data, copy, sizeBytes, disk, next, nextShared, 0, epoch, clean, peerCopy);
    }

    /**
     * About to begin data: still blank, for nothing is written before a majority recorded it. A second copy may try the
     * same after this one crashed; whichever is recorded counts, the other is still blank and takes the data over.
     */
    public Superblock founding(UUID newData, long size) {
        return new Superblock(newData, copy, size, disk, generations, shared, proposed, epoch, clean, peerCopy);
    }

    /** Data begins here. */
    public Superblock founded(long generation) {
        return new Superblock(
                data,
                copy,
                sizeBytes,
                DiskState.UP_TO_DATE,
                new Generations(generation, List.of(), List.of()),
                false,
                0,
                epoch,
                clean,
                peerCopy);
    }

    /** Becomes a copy of this data, without any of it yet, or with an older state of it. */
    public Superblock target(UUID newData, long size) {
        return new Superblock(
                newData, copy, size, DiskState.INCONSISTENT, generations, shared, 0, epoch, clean, peerCopy);
    }

    /**
     * On a person's word this side of a split brain gives way: it takes itself for the state in which the two parted, and the bitmap has what it
     * wrote since; without a base, for a copy that holds none of the data.
     */
    public Superblock yielded(Optional<Long> base) {
        Generations next = base.map(common -> new Generations(
                        common,
                        List.of(),
                        generations.history().stream()
                                .filter(each -> !each.equals(common))
                                .toList()))
                .orElse(Generations.BLANK);
        DiskState old = base.isPresent() ? DiskState.OUTDATED : DiskState.INCONSISTENT;
        return new Superblock(data, copy, sizeBytes, old, next, true, 0, epoch, clean, peerCopy);
    }

    public Superblock withPeerCopy(UUID next) {
        return new Superblock(data, copy, sizeBytes, disk, generations, shared, proposed, epoch, clean, next);
    }

    public CopyEntry entry(boolean upToDate, long generation) {
        return new CopyEntry(data, copy, upToDate, generation);
    }
}
