// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import io.metalha.node.mirror.state.BlockSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The extents of 4 MiB in which the copies may differ after a crash of this Primary. An extent is made hot, durably,
 * before the first write to it; it is let go only when nothing in it is unflushed.
 *
 * <p>Each transaction writes the whole hot set into one of two slots (at most {@value #HOT_MAX} numbers of 4 bytes), so a
 * torn one leaves the former set, in which a write that never began is not missing and an extent let go still stands.
 * One thread at a time.
 */
public final class ActivityLog {
    /** 256 extents: after a crash at most 1 GiB is compared. */
    public static final int HOT_MAX = 256;

    private static final long MAGIC = 0x4d48414143544c47L; // "MHAACTLG"
    /** Made hot together with the extent that is needed, for those who write in sequence. */
    private static final int AHEAD = 2;

    private final Slots slots;
    private final int extents;
    private final BitSet hot = new BitSet();
    private final long[] used;
    private long uses;

    public ActivityLog(BackingDevice device, long sizeBytes) {
        slots = new Slots(device, MAGIC, device.layout()::activityLogOffset);
        extents = BlockSet.extentsOf(sizeBytes);
        used = new long[extents];
    }

    /** What was hot when the device was last served. */
    public List<Integer> read() throws IOException {
        ByteBuffer value = slots.read();
        List<Integer> found = new ArrayList<>();
        int count = value == null ? 0 : value.getInt();
        for (int i = 0; i < count && value != null; i++) {
            found.add(value.getInt());
        }
        return found;
    }

    public boolean isHot(long offset, long length) {
        int last = (int) ((offset + length - 1) / BlockSet.EXTENT_BYTES);
        for (int extent = (int) (offset / BlockSet.EXTENT_BYTES); extent <= last; extent++) {
            if (!hot.get(extent)) {
                return false;
            }
            used[extent] = ++uses;
        }
        return true;
    }

    /** Whether the range can become hot; if not, {@link #letGo} must make room first. */
    public boolean hasRoom(long offset, long length) {
        return hot.cardinality() + length / BlockSet.EXTENT_BYTES + 2 + AHEAD <= HOT_MAX;
    }

    /** Makes the range hot; durable when it returns. */
    public void heat(long offset, long length) throws IOException {
        int last = Math.min(extents - 1, (int) ((offset + length - 1) / BlockSet.EXTENT_BYTES) + AHEAD);
        for (int extent = (int) (offset / BlockSet.EXTENT_BYTES); extent <= last; extent++) {
            hot.set(extent);
            used[extent] = ++uses;
        }
        write();
    }

    /** The extents, longest unused first and at most a quarter of the log, that may be let go. */
    public List<Integer> idle(IntPredicate settled) {
        return hot.stream()
                .filter(settled)
                .boxed()
                .sorted((a, b) -> Long.compare(used[a], used[b]))
                .limit(HOT_MAX / 4)
                .toList();
    }

    /** Forgets extents; their dirty blocks must be durable in the bitmap. Reaches the disk with the next transaction. */
    public void letGo(List<Integer> idle) {
        idle.forEach(hot::clear);
    }

    /** Nothing is hot; durable when it returns. */
    public void reset() throws IOException {
        hot.clear();
        write();
    }

    public boolean isEmpty() {
        return hot.isEmpty();
    }

    private void write() throws IOException {
        ByteBuffer value = slots.next();
        value.putInt(hot.cardinality());
        hot.stream().forEach(value::putInt);
        slots.write();
    }
}
