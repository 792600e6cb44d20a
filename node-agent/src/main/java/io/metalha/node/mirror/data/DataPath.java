// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.data;

import io.metalha.node.mirror.disk.ActivityLog;
import io.metalha.node.mirror.disk.BackingDevice;
import io.metalha.node.mirror.disk.BitmapStore;
import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.IoMode;
import io.metalha.node.mirror.state.Ledger;
import io.metalha.node.mirror.wire.Frame;
import io.metalha.node.mirror.wire.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Carries the application's requests to both copies.
 *
 * <p>A write, in this order: its extent is hot in the activity log; it stands in the ledger; it is sent; it is put in this
 * copy; when the peer confirmed too, and the lease is still usable, it is acknowledged. Writes go out and down one at a time
 * under {@code io}, so overlapping ones have one order on both copies; confirmations take only {@code ledger}, so the
 * thread that hears the peer never waits for a send.
 *
 * <p>Lock order: {@code io}, then {@code ledger}. Nobody steps the state machine while holding either.
 */
public final class DataPath {
    private static final int UNDER_WAY_MAX = 1024;
    private static final long LEASE_LOOK_MILLIS = 2;
    private static final long FLUSH_LOOK_MILLIS = 1;

    private final BackingDevice device;
    private final ActivityLog activityLog;
    private final BitmapStore bitmap;
    private final LeaseGate lease;
    private final ReentrantLock io = new ReentrantLock();
    private final Condition changed = io.newCondition();
    /** Guards itself, its bitmap and {@code held}. */
    private final Ledger ledger;

    private final List<Completion> held = new ArrayList<>();
    private volatile IoMode mode = IoMode.CLOSED;
    private volatile boolean requestWaits;
    /** Whether this promotion was followed by any other mode than FROZEN. */
    private volatile boolean decided;

    private volatile long lastRequestNanos;
    private @Nullable Link link;

    public DataPath(BackingDevice device, ActivityLog activityLog, BitmapStore bitmap, Ledger ledger, LeaseGate lease) {
        this.device = device;
        this.activityLog = activityLog;
        this.bitmap = bitmap;
        this.ledger = ledger;
        this.lease = lease;
    }

    /**
     * Fills the buffer; false when not Primary (any more). Waits while the lease is not usable, and after a promotion until
     * it is decided what this copy is to the other: a former Primary may hold writes that were never acknowledged, and what
     * was read once must not be gone when the other copy is promoted next.
     */
    public boolean read(ByteBuffer into, long offset) throws IOException {
        lastRequestNanos = System.nanoTime();
        if (!decided && !awaitDecided()) {
            return false;
        }
        device.read(into, offset);
        if (mode == IoMode.CLOSED || !lease.usable()) {
            io.lock();
            try {
                while (mode != IoMode.CLOSED && !lease.usable()) {
                    await(LEASE_LOOK_MILLIS);
                }
                return mode != IoMode.CLOSED;
            } finally {
                io.unlock();
            }
        }
        return true;
    }

    private boolean awaitDecided() {
        io.lock();
        try {
            while (mode == IoMode.FROZEN && !decided) {
                requestWaits = true;
                await(100);
            }
            requestWaits = false;
            return mode != IoMode.CLOSED;
        } finally {
            io.unlock();
        }
    }

    /** Writes the payload's bytes. The buffer may be used again when this returns, also before {@code done} is told. */
    public void write(Completion done, long offset, ByteBuffer payload) throws IOException {
        lastRequestNanos = System.nanoTime();
        io.lock();
        try {
            int length = payload.remaining();
            if (!awaitWritable(offset, length)) {
                done.done(Completion.EIO);
                return;
            }
            Ledger.Entry entry;
            Link to = link;
            synchronized (ledger) {
                entry = ledger.beginWrite(offset, length, done, to != null);
            }
            if (to != null) {
                trySend(to, Frame.Type.WRITE, entry, payload);
            }
            try {
                device.write(payload, offset);
            } catch (IOException e) {
                abandon(entry);
                throw e;
            }
            here(entry);
        } finally {
            io.unlock();
        }
    }

    /** Makes everything acknowledged before durable on both copies, in parallel. */
    public void flush(Completion done) throws IOException {
        lastRequestNanos = System.nanoTime();
        Ledger.Entry entry;
        io.lock();
        try {
            if (!awaitOpen(done.needsLease())) {
                done.done(Completion.EIO);
                return;
            }
            Link to = link;
            synchronized (ledger) {
                entry = ledger.beginFlush(done, to != null);
            }
            if (to != null) {
                trySend(to, Frame.Type.FLUSH, entry, ByteBuffer.allocate(0));
            }
        } finally {
            io.unlock();
        }
        try {
            device.flush();
        } catch (IOException e) {
            abandon(entry);
            throw e;
        }
        here(entry);
    }

    /** This copy failed it; the peer may have it: marked, and answered by who asked. */
    private void abandon(Ledger.Entry entry) {
        synchronized (ledger) {
            ledger.abandon(entry);
        }
    }

    private void trySend(Link to, Frame.Type type, Ledger.Entry entry, ByteBuffer payload) {
        try {
            to.send(type, entry.sequence(), entry.offset(), payload);
        } catch (IOException e) {
            // The link is closed now. The entry stays unconfirmed, and is sent again or marked when it is decided
            // which.
        }
    }

    private void here(Ledger.Entry entry) {
        boolean completed;
        synchronized (ledger) {
            completed = ledger.here(entry);
        }
        if (completed) {
            acknowledge(entry);
        }
    }

    /** The peer confirmed everything up to the sequence number. */
    public void confirmed(long sequence) {
        List<Ledger.Entry> done = new ArrayList<>();
        synchronized (ledger) {
            ledger.there(sequence, done::add);
        }
        done.forEach(this::acknowledge);
    }

    private void acknowledge(Ledger.Entry entry) {
        Completion completion = (Completion) entry.request();
        if (completion.needsLease() && !lease.usable()) {
            synchronized (ledger) {
                held.add(completion);
            }
        } else {
            completion.done(Completion.OK);
        }
    }

    /** Called often: acknowledges what waited for the lease to be renewed. */
    public void tick() {
        List<Completion> free = List.of();
        synchronized (ledger) {
            if (!held.isEmpty() && mode != IoMode.CLOSED && lease.usable()) {
                free = List.copyOf(held);
                held.clear();
            }
        }
        free.forEach(completion -> completion.done(Completion.OK));
        // Whoever has io may be waiting for the peer; who waits for room has given it up meanwhile, and is told next
        // time.
        if (ledgerIsFull() && io.tryLock()) {
            changed.signalAll();
            io.unlock();
        }
    }

    private boolean ledgerIsFull() {
        synchronized (ledger) {
            return ledger.underWay() >= UNDER_WAY_MAX / 2;
        }
    }

    /** Waits until the write may begin; false when not Primary. */
    private boolean awaitWritable(long offset, int length) throws IOException {
        while (awaitOpen(true)) {
            if (activityLog.isHot(offset, length)) {
                return true;
            }
            if (!activityLog.hasRoom(offset, length)) {
                makeRoom();
            } else {
                activityLog.heat(offset, length);
            }
        }
        return false;
    }

    private boolean awaitOpen(boolean request) {
        while (mode == IoMode.FROZEN || (request && mode != IoMode.CLOSED && isCrowded())) {
            requestWaits = mode == IoMode.FROZEN;
            await(100);
        }
        requestWaits = false;
        return mode != IoMode.CLOSED;
    }

    private boolean isCrowded() {
        synchronized (ledger) {
            return ledger.underWay() >= UNDER_WAY_MAX;
        }
    }

    /** Lets idle extents go: flushed on both copies, their dirty blocks durable in the bitmap. */
    private void makeRoom() throws IOException {
        List<Integer> idle;
        synchronized (ledger) {
            idle = activityLog.idle(ledger::isSettled);
        }
        if (idle.size() < ActivityLog.HOT_MAX / 8) {
            flushAndWait(Long.MAX_VALUE);
            synchronized (ledger) {
                idle = activityLog.idle(ledger::isSettled);
            }
        }
        synchronized (ledger) {
            bitmap.save(ledger.dirty(), idle);
        }
        activityLog.letGo(idle);
    }

    /** A flush of the mirror's own; holds {@code io} but while it waits. False when it took longer, or all was closed. */
    private boolean flushAndWait(long boundMillis) throws IOException {
        AtomicBoolean finished = new AtomicBoolean();
        // Only sets a flag: the thread that hears the peer must not wait for io, which a send may hold.
        Completion done = Completion.internal(() -> finished.set(true));
        long start = System.nanoTime();
        // On a thread of its own: this one would keep io during the flush of this copy.
        Thread.ofVirtual().start(() -> {
            try {
                flush(done);
            } catch (IOException e) {
                System.err.println(device.path() + ": flush failed: " + e.getMessage());
            }
        });
        while (!finished.get() && mode != IoMode.CLOSED) {
            if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) > boundMillis) {
                return false;
            }
            await(FLUSH_LOOK_MILLIS);
        }
        return finished.get() && mode != IoMode.CLOSED;
    }

    private void await(long millis) {
        try {
            var _ = changed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Treats requests so from now on; in force when it returns. {@code to} is where MIRRORED and SYNCING send. */
    public void mode(IoMode next, @Nullable Link to) throws IOException {
        List<Ledger.Entry> done = new ArrayList<>();
        List<Completion> failed = new ArrayList<>();
        io.lock();
        try {
            Link before = link;
            link = next == IoMode.MIRRORED || next == IoMode.SYNCING ? to : null;
            mode = next;
            decided = next != IoMode.CLOSED && (decided || next != IoMode.FROZEN);
            synchronized (ledger) {
                switch (next) {
                    case CLOSED -> {
                        ledger.fail(entry -> failed.add((Completion) entry.request()));
                        failed.addAll(held);
                        held.clear();
                    }
                    case ALONE -> ledger.alone(done::add);
                    case FROZEN, MIRRORED, SYNCING -> {}
                }
            }
            if (link != null && link != before) {
                sendAgain(link);
            }
            changed.signalAll();
        } finally {
            io.unlock();
        }
        done.forEach(this::acknowledge);
        failed.forEach(completion -> completion.done(Completion.EIO));
    }

    /** What the former link did not confirm, from this copy, which has it already: later contents do no harm. */
    private void sendAgain(Link to) throws IOException {
        List<Ledger.Entry> entries = new ArrayList<>();
        synchronized (ledger) {
            ledger.unconfirmed(entries::add);
        }
        for (Ledger.Entry entry : entries) {
            ByteBuffer payload = ByteBuffer.allocateDirect(entry.length());
            device.read(payload, entry.offset());
            trySend(to, entry.isFlush() ? Frame.Type.FLUSH : Frame.Type.WRITE, entry, payload.flip());
        }
    }

    /** Before a clean demotion, with no application any more: both copies equal and durable, bitmap saved, nothing hot. */
    public boolean drain(long boundMillis) throws IOException {
        io.lock();
        try {
            if (!flushAndWait(boundMillis)) {
                return false;
            }
            synchronized (ledger) {
                if (ledger.hasUnflushed() || ledger.underWay() > 0) {
                    return false;
                }
                bitmap.saveAll(ledger.dirty());
            }
            activityLog.reset();
            return true;
        } finally {
            io.unlock();
        }
    }

    /** Nothing differs any more. */
    public void clearDirty(boolean primary) throws IOException {
        io.lock();
        try {
            synchronized (ledger) {
                ledger.dirty().clear();
                bitmap.saveAll(ledger.dirty());
            }
            if (!primary) {
                activityLog.reset();
            }
        } finally {
            io.unlock();
        }
    }

    /** Runs with no write of the application between what it reads and what it sends. */
    void exclusively(Exclusive work) throws IOException {
        io.lock();
        try {
            work.run();
        } finally {
            io.unlock();
        }
    }

    /** Something that must not interleave with writes. */
    interface Exclusive {
        void run() throws IOException;
    }

    BackingDevice device() {
        return device;
    }

    /** Marks more blocks, and gives a copy of all that are marked. */
    public BlockSet markDirty(BlockSet more) {
        synchronized (ledger) {
            ledger.dirty().addAll(more);
            return ledger.dirty().copy();
        }
    }

    public long dirtyBytes() {
        synchronized (ledger) {
            return ledger.dirty().bytes();
        }
    }

    public boolean hasUnflushed() {
        synchronized (ledger) {
            return ledger.hasUnflushed();
        }
    }

    public boolean requestWaits() {
        return requestWaits || (mode == IoMode.FROZEN && hasUnderWay());
    }

    private boolean hasUnderWay() {
        synchronized (ledger) {
            return ledger.underWay() > 0;
        }
    }

    /** Whether the application asked for anything within the last 100 ms. */
    boolean isBusy() {
        return System.nanoTime() - lastRequestNanos < 100_000_000L;
    }
}
