// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One copy in virtual time: a disk with a volatile cache, the real state machine and ledger, and the data path as the
 * process has it. A crash may come between any two effects.
 */
final class SimulatedCopy {
    /** Blocks that are ever written; four in each of three extents. */
    static final int[] BLOCKS = {0, 1, 500, 1023, 1024, 1030, 1500, 2047, 2048, 2050, 2600, 3071};

    static final long SIZE = 3L * BlockSet.EXTENT_BYTES;

    /** Thrown in the middle of a step: the machine or the process is gone. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Frames of a link, in order. */
    sealed interface Frame {}

    record Hello(PeerView view, BlockSet dirty) implements Frame {}

    record Control(PeerMessage message) implements Frame {}

    record Write(long sequence, int block, long value) implements Frame {}

    record Flush(long sequence) implements Frame {}

    record Ack(long sequence) implements Frame {}

    record SyncData(int block, long value) implements Frame {}

    /** What waits for its acknowledgement. */
    record Request(int block, long value, boolean internal, long at) {}

    final int number;
    final SimulatedPair pair;
    // Durable.
    final Map<Integer, Long> disk = new HashMap<>();
    private Superblock superblock;
    private final Set<Integer> activityLog = new HashSet<>();
    private BlockSet bitmap = new BlockSet(SIZE);
    // The kernel's: lost with power, kept over a kill.
    final Map<Integer, Long> cache = new HashMap<>();
    // The process's.
    boolean up;
    MirrorMachine machine;
    Ledger ledger;
    IoMode mode = IoMode.CLOSED;
    long link;
    boolean met;
    final ArrayDeque<Frame> incoming = new ArrayDeque<>();
    BlockSet peerDirty = new BlockSet(SIZE);
    boolean accepting;
    long attach;
    Epoch epoch = Epoch.NONE;
    Effect.AskRecord asked;
    final List<Integer> todo = new ArrayList<>();
    boolean syncing;
    boolean syncFlush;
    boolean crashAllowed;
    boolean draining;
    boolean decided;
    /** From a drain's flush to its outcome: the device is gone, nobody writes. */
    boolean detached;

    /** The other copy was forced although this one has more: nothing may be written over it before a person says so. */
    boolean parted;

    SimulatedCopy(int number, SimulatedPair pair) {
        this.number = number;
        this.pair = pair;
        superblock = Superblock.blank(new UUID(0, number), SIZE);
        for (int block : BLOCKS) {
            disk.put(block, 0L);
        }
    }

    long read(int block) {
        return cache.getOrDefault(block, disk.get(block));
    }

    void start() {
        up = true;
        BlockSet dirty = bitmap.copy();
        if (!superblock.clean()) {
            activityLog.forEach(dirty::addExtent);
        }
        bitmap = dirty.copy();
        activityLog.clear();
        ledger = new Ledger(SIZE, dirty);
        machine = new MirrorMachine(superblock, true, MirrorTiming.NORMAL, pair::unique);
        mode = IoMode.CLOSED;
        attach = pair.unique();
        asked = null;
        epoch = Epoch.NONE;
        forgetLink();
        draining = false;
        detached = false;
        decided = false;
    }

    void forgetLink() {
        link = 0;
        met = false;
        incoming.clear();
        accepting = false;
        syncing = false;
        syncFlush = false;
        todo.clear();
    }

    /** The process ends; with {@code power}, each block of the cache reaches the disk or not. */
    void crash(boolean power) {
        up = false;
        forgetLink();
        mode = IoMode.CLOSED;
        if (power) {
            cache.forEach((block, value) -> {
                if (pair.random.nextBoolean()) {
                    disk.put(block, value);
                }
            });
            cache.clear();
        }
    }

    Superblock superblock() {
        return superblock;
    }

    boolean isPrimary() {
        return up && machine.view().primary();
    }

    void step(Event event) {
        detached &= !(event instanceof Event.Drained);
        boolean byWord = event instanceof Event.Saved;
        for (Effect effect : machine.step(event)) {
            pair.mayCrash(this);
            if (effect instanceof Effect.Persist(var next)) {
                assertTrue(
                        !parted || byWord || next.disk() == DiskState.UP_TO_DATE,
                        () -> "copy " + number + " gives way without a word: " + next);
                if (parted && byWord) {
                    parted = false;
                    pair.gaveWay++;
                }
            }
            execute(effect);
        }
        pair.mayCrash(this);
    }

    private void execute(Effect effect) {
        pair.trace(number, effect);
        switch (effect) {
            case Effect.Persist(var next) -> superblock = next;
            case Effect.Io(var next) -> mode(next);
            case Effect.Attach _ -> {}
            case Effect.DetachHard _ -> epoch = Epoch.NONE;
            case Effect.Drain _ -> draining = true;
            case Effect.Answer _ -> {}
            case Effect.AskRecord ask -> asked = ask;
            case Effect.Tell(var id, var message) -> send(id, new Control(message));
            case Effect.Disconnect(var id, var _) -> {
                if (id == link) {
                    accepting = false;
                    pair.cut();
                }
            }
            case Effect.Accept(var id, var accept) -> accepting = id == link && accept;
            case Effect.StartSync(var _, var full) -> {
                if (full) {
                    ledger.dirty().addAllBlocks();
                } else {
                    ledger.dirty().addAll(peerDirty);
                }
                for (int block : BLOCKS) {
                    if (ledger.dirty().contains(block)) {
                        todo.add(block);
                    }
                }
                syncing = true;
                syncFlush = false;
            }
            case Effect.SaveBlocks _ -> pair.later(this, new Event.Saved(true, "saved"));
            case Effect.ClearDirty _ -> {
                ledger.dirty().clear();
                bitmap.clear();
                if (!machine.view().primary()) {
                    activityLog.clear();
                }
            }
        }
    }

    private void mode(IoMode next) {
        mode = next;
        switch (next) {
            case CLOSED -> {
                ledger.fail(_ -> {});
                draining = false;
                detached = false;
            }
            case ALONE -> ledger.alone(this::acknowledge);
            case MIRRORED -> {
                if (pair.resentOn != link) {
                    pair.resentOn = link;
                    ledger.unconfirmed(entry -> {
                        if (entry.isFlush()) {
                            send(link, new Flush(entry.sequence()));
                        } else {
                            int block = (int) (entry.offset() / BlockSet.BLOCK_BYTES);
                            send(link, new Write(entry.sequence(), block, read(block)));
                        }
                    });
                }
            }
            case SYNCING -> pair.resentOn = link;
            case FROZEN -> {}
        }
        if (next == IoMode.CLOSED) {
            decided = false;
        } else if (next != IoMode.FROZEN && !decided) {
            decided = true;
            if (pair.holdsLease(this)) {
                pair.promoted(this);
            }
        }
        if (next != IoMode.SYNCING && next != IoMode.MIRRORED) {
            syncing = false;
        }
    }

    private boolean mirrors() {
        return mode == IoMode.MIRRORED || mode == IoMode.SYNCING;
    }

    /** The application writes; false when it has to wait. */
    boolean write(int block, long value) {
        if (!mirrors() && mode != IoMode.ALONE || draining || detached) {
            return false;
        }
        pair.trace(number, "write " + block + " = " + value + " in " + mode);
        activityLog.add(block / BlockSet.EXTENT_BLOCKS);
        pair.mayCrash(this);
        Ledger.Entry entry = ledger.beginWrite(
                (long) block * BlockSet.BLOCK_BYTES,
                BlockSet.BLOCK_BYTES,
                new Request(block, value, false, pair.now().nanos()),
                mirrors());
        if (mirrors()) {
            send(link, new Write(entry.sequence(), block, value));
        }
        pair.mayCrash(this);
        cache.put(block, value);
        if (ledger.here(entry)) {
            acknowledge(entry);
        }
        return true;
    }

    boolean flush(boolean internal) {
        if (!mirrors() && mode != IoMode.ALONE) {
            return false;
        }
        Ledger.Entry entry = ledger.beginFlush(new Request(-1, pair.lastValue, internal, 0), mirrors());
        if (mirrors()) {
            send(link, new Flush(entry.sequence()));
        }
        pair.mayCrash(this);
        flushCache();
        if (ledger.here(entry)) {
            acknowledge(entry);
        }
        return true;
    }

    /** Extents with nothing unflushed leave the activity log; their bits are durable first. */
    void letGo() {
        for (int extent = 0; extent < 3; extent++) {
            if (activityLog.contains(extent) && ledger.isSettled(extent)) {
                bitmap = ledger.dirty().copy();
                pair.mayCrash(this);
                activityLog.remove(extent);
            }
        }
    }

    private void flushCache() {
        disk.putAll(cache);
        cache.clear();
    }

    private void acknowledge(Ledger.Entry entry) {
        Request request = (Request) entry.request();
        if (request.internal) {
            if (draining) {
                draining = false;
                detached = true;
                boolean clean = !ledger.hasUnflushed() && ledger.underWay() == 0;
                if (clean) {
                    bitmap = ledger.dirty().copy();
                    activityLog.clear();
                }
                pair.later(this, new Event.Drained(clean, ""));
            } else {
                pair.later(this, new Event.ResyncFinished(link, pair.now()));
            }
        } else if (pair.holdsLease(this)) {
            pair.acknowledged(this, request);
        }
    }

    private void send(long over, Frame frame) {
        if (over == link && link != 0 && pair.isWhole(over)) {
            pair.other(this).incoming.addLast(frame);
        }
    }

    /** One turn of the resync. */
    void sync() {
        if (!syncing || !pair.isWhole(link)) {
            return;
        }
        if (!todo.isEmpty()) {
            int block = todo.removeFirst();
            send(link, new SyncData(block, read(block)));
        } else if (!syncFlush) {
            syncFlush = true;
            flush(true);
        }
    }

    /** Takes one frame from the link. */
    void receive() {
        Frame frame = incoming.pollFirst();
        if (frame == null) {
            return;
        }
        switch (frame) {
            case Hello(var view, var dirty) -> {
                peerDirty = dirty;
                met = true;
                step(new Event.LinkUp(link, view, !ledger.dirty().isEmpty(), ledger.hasUnflushed(), pair.now()));
            }
            case Control(var message) -> step(new Event.PeerSaid(link, message, pair.now()));
            case Write(var sequence, var block, var value) -> {
                if (applies()) {
                    pair.trace(number, "applies " + block + " = " + value);
                    cache.put(block, value);
                    send(link, new Ack(sequence));
                }
            }
            case Flush(var sequence) -> {
                if (applies()) {
                    flushCache();
                    pair.mayCrash(this);
                    send(link, new Ack(sequence));
                }
            }
            case SyncData(var block, var value) -> {
                if (applies()) {
                    pair.trace(number, "copies " + block + " = " + value);
                    cache.put(block, value);
                }
            }
            case Ack(var sequence) -> ledger.there(sequence, this::acknowledge);
        }
    }

    private boolean applies() {
        if (!accepting) {
            pair.cut();
        }
        return accepting;
    }

    void tick(MonotonicTime now) {
        boolean waits = mode == IoMode.FROZEN;
        step(new Event.Tick(now, waits));
    }
}
