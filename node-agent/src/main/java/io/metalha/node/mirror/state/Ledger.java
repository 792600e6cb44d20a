// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * What a Primary knows of its writes: which are under way, which blocks were not flushed on both copies since they were
 * written, and which blocks the peer lacks.
 *
 * <p>Invariant: a block that may differ between the copies is in {@code unflushed} or in {@code dirty} (or was made hot
 * in the activity log, durably, before the write began). Not safe for use by several threads.
 */
public final class Ledger {
    /** A write or flush under way. Done when both sides are. */
    public static final class Entry {
        final long sequence;
        final boolean flush;
        final long offset;
        final int length;
        private final Object request;
        private boolean here;
        private boolean there;

        private Entry(long sequence, boolean flush, long offset, int length, Object request, boolean there) {
            this.sequence = sequence;
            this.flush = flush;
            this.offset = offset;
            this.length = length;
            this.request = request;
            this.there = there;
        }

        public long sequence() {
            return sequence;
        }

        public boolean isFlush() {
            return flush;
        }

        public long offset() {
            return offset;
        }

        public int length() {
            return length;
        }

        /** Whatever the one who began it needs to find its request again. */
        public Object request() {
            return request;
        }
    }

    private final ArrayDeque<Entry> underWay = new ArrayDeque<>();
    private final BlockSet dirty;
    private final BlockSet written;
    private final BlockSet flushing;
    private long sequence;
    private long lastFlush;

    public Ledger(long sizeBytes, BlockSet dirty) {
        this.dirty = dirty;
        this.written = new BlockSet(sizeBytes);
        this.flushing = new BlockSet(sizeBytes);
    }

    /** Before a write touches either copy. */
    public Entry beginWrite(long offset, int length, Object request, boolean mirrored) {
        written.addRange(offset, length);
        if (!mirrored) {
            dirty.addRange(offset, length);
        }
        return begin(false, offset, length, request, mirrored);
    }

    /** Before a flush is sent; covers every write begun before, all of which have been handed to both copies by now. */
    public Entry beginFlush(Object request, boolean mirrored) {
        flushing.addAll(written);
        written.clear();
        Entry entry = begin(true, 0, 0, request, mirrored);
        lastFlush = entry.sequence;
        return entry;
    }

    private Entry begin(boolean flush, long offset, int length, Object request, boolean mirrored) {
        Entry entry = new Entry(++sequence, flush, offset, length, request, !mirrored);
        underWay.addLast(entry);
        return entry;
    }

    /** This copy has it. True when that completes it. */
    public boolean here(Entry entry) {
        entry.here = true;
        return completed(entry);
    }

    /** The peer has everything up to the sequence number. */
    public void there(long upTo, Consumer<Entry> done) {
        Iterator<Entry> each = underWay.iterator();
        while (each.hasNext()) {
            Entry entry = each.next();
            if (entry.sequence > upTo) {
                return;
            }
            entry.there = true;
            if (entry.here) {
                each.remove();
                settle(entry);
                done.accept(entry);
            }
        }
    }

    private boolean completed(Entry entry) {
        if (!entry.here || !entry.there) {
            return false;
        }
        underWay.remove(entry);
        settle(entry);
        return true;
    }

    private void settle(Entry entry) {
        if (entry.flush && entry.sequence == lastFlush) {
            flushing.clear();
        }
    }

    /** This copy failed it; what the peer has of it is unknown. */
    public void abandon(Entry entry) {
        underWay.remove(entry);
        markUnflushed();
    }

    /** The peer will not get what is under way, and may lose what it did not flush: all of that is marked. */
    public void alone(Consumer<Entry> done) {
        markUnflushed();
        there(sequence, done);
    }

    /** Everything that the peer may lack goes to the bitmap. */
    public void markUnflushed() {
        dirty.addAll(written);
        dirty.addAll(flushing);
    }

    /** No longer Primary: whatever is under way fails. */
    public void fail(Consumer<Entry> failed) {
        markUnflushed();
        underWay.forEach(failed);
        underWay.clear();
        written.clear();
        flushing.clear();
    }

    /** In order, what the peer did not confirm, to be sent again over a new link. */
    public void unconfirmed(Consumer<Entry> each) {
        for (Entry entry : underWay) {
            if (!entry.there) {
                each.accept(entry);
            }
        }
    }

    public BlockSet dirty() {
        return dirty;
    }

    public boolean hasUnflushed() {
        return !written.isEmpty() || !flushing.isEmpty();
    }

    /** Whether the activity log may let go of the extent: nothing in it is unflushed. */
    public boolean isSettled(int extent) {
        return !written.touchesExtent(extent) && !flushing.touchesExtent(extent);
    }

    public int underWay() {
        return underWay.size();
    }
}
