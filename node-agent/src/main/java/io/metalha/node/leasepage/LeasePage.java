// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.leasepage;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lease page: {@value #SLOTS} slots of 64 bytes behind a 64-byte header, in native byte order. One writer (the
 * keeper), any number of readers in other processes.
 *
 * <pre>
 *   header  0 magic  8 format (1)  16 keeper session (random, non-zero)  24 BOOTTIME less MONOTONIC at the last look
 *   slot    0 sequence (odd while being written)  8 group key  16 epoch counter  24 epoch voter
 *          32 usable until, CLOCK_MONOTONIC_RAW nanoseconds (0: not held)  40..63 zero
 * </pre>
 *
 * <p>A slot belongs to one group from its first lease until the keeper's restart. Readers retry while the sequence is odd
 * or changed under them. Time ends a lease here, nobody needs to be told: a reader compares the time with its clock.
 * The page outlives a keeper's restart (tmpfs), not a reboot; only a reboot or an orderly stop removes it.
 */
public final class LeasePage implements AutoCloseable {
    public static final int SLOTS = 256;
    static final int SLOT_BYTES = 64;
    static final long SIZE_BYTES = (1 + SLOTS) * (long) SLOT_BYTES;
    static final long MAGIC = 0x4d48414c45415345L; // "MHALEASE"

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment page;

    private LeasePage(Path file, boolean writer) {
        StandardOpenOption[] options = writer
                ? new StandardOpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE
                }
                : new StandardOpenOption[] {StandardOpenOption.READ};
        try (FileChannel channel = FileChannel.open(file, options)) {
            if (!writer && channel.size() < SIZE_BYTES) {
                throw new IOException(file + " is not a lease page: " + channel.size() + " bytes");
            }
            var mode = writer ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY;
            page = channel.map(mode, 0, SIZE_BYTES, arena);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens for the keeper; makes the file if there is none, keeps its slots if there is one. */
    public static LeasePage writer(Path file, long session) {
        LeasePage leases = new LeasePage(file, true);
        LONG.setRelease(leases.page, 8L, 1L);
        LONG.setRelease(leases.page, 16L, session);
        LONG.setRelease(leases.page, 0L, MAGIC);
        return leases;
    }

    /**
     * How far CLOCK_BOOTTIME was ahead of CLOCK_MONOTONIC, in nanoseconds and at most, when a keeper looked last; 0 when none
     * did. It grows with each suspension of the host.
     */
    public long bootAheadNanos() {
        return (long) LONG.getAcquire(page, 24L);
    }

    /** Writer only, at each look; allocation-free. */
    public void bootAhead(long nanos) {
        LONG.setRelease(page, 24L, nanos);
    }

    /** Opens for mirror and agent; throws UncheckedIOException where there is no page yet. */
    public static LeasePage reader(Path file) {
        return new LeasePage(file, false);
    }

    /** The slot of the group, or -1. Costs a scan; keep the result. */
    public int slotOf(GroupId group) {
        return slotOf(group.key());
    }

    private int slotOf(long key) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if ((long) LONG.getAcquire(page, offset(slot) + 8) == key) {
                return slot;
            }
        }
        return -1;
    }

    /** Writer only: the group's slot, a free one the first time. */
    public int claim(GroupId group) {
        return claim(group.key());
    }

    /** As {@link #claim(GroupId)}, for a keeper that resumes and knows keys only. */
    public int claim(long key) {
        int slot = slotOf(key);
        for (int free = 0; slot < 0 && free < SLOTS; free++) {
            if ((long) LONG.getAcquire(page, offset(free) + 8) == 0) {
                LONG.setRelease(page, offset(free) + 8, key);
                slot = free;
            }
        }
        if (slot < 0) {
            throw new IllegalStateException("the lease page is full: " + SLOTS + " groups");
        }
        return slot;
    }

    /** Writer only, allocation-free. {@code usableUntilNanos} 0: not held. */
    public void publish(int slot, long epochCounter, int epochVoter, long usableUntilNanos) {
        long at = offset(slot);
        long sequence = (long) LONG.getAcquire(page, at);
        // A writer that died in mid-write left an odd number; the next even one is beyond it.
        long writing = sequence | 1;
        LONG.setOpaque(page, at, writing);
        VarHandle.storeStoreFence();
        LONG.setOpaque(page, at + 16, epochCounter);
        LONG.setOpaque(page, at + 24, (long) epochVoter);
        LONG.setOpaque(page, at + 32, usableUntilNanos);
        LONG.setRelease(page, at, writing + 1);
    }

    /** Until when the group may have effects under exactly this epoch; 0 when another epoch or none is held. */
    public long usableUntilNanos(int slot, Epoch epoch) {
        long at = offset(slot);
        for (int attempt = 0; attempt < 1_000; attempt++) {
            long before = (long) LONG.getAcquire(page, at);
            long counter = (long) LONG.getOpaque(page, at + 16);
            long voter = (long) LONG.getOpaque(page, at + 24);
            long until = (long) LONG.getOpaque(page, at + 32);
            VarHandle.loadLoadFence();
            if ((before & 1) == 0 && before == (long) LONG.getOpaque(page, at)) {
                return counter == epoch.counter() && voter == epoch.voter() ? until : 0;
            }
            Thread.onSpinWait();
        }
        // A keeper that was stopped in mid-write: in doubt nothing is held.
        return 0;
    }

    /** Key of the slot's group, 0 for a free slot. */
    public long key(int slot) {
        return (long) LONG.getAcquire(page, offset(slot) + 8);
    }

    /** The epoch that the slot shows, {@link Epoch#NONE} for none; for display and for resumption. */
    public Epoch epoch(int slot) {
        long at = offset(slot);
        long counter = (long) LONG.getAcquire(page, at + 16);
        long voter = (long) LONG.getAcquire(page, at + 24);
        return counter == 0 ? Epoch.NONE : new Epoch(counter, (int) voter);
    }

    public long session() {
        return (long) LONG.getAcquire(page, 16L);
    }

    @Override
    public void close() {
        arena.close();
    }

    private static long offset(int slot) {
        return (1L + slot) * SLOT_BYTES;
    }
}
