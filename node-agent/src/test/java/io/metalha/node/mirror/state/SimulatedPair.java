// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Two copies, a register that stands for the voters, and an application that runs where the lease is. Everything that may
 * fail does, from one seed. What is asserted stands at {@link #promoted} and {@link #settle}.
 */
final class SimulatedPair {
    final Random random;
    final SimulatedCopy a = new SimulatedCopy(1, this);
    final SimulatedCopy b = new SimulatedCopy(2, this);
    long resentOn;
    long lastValue;
    /** Acts beside {@link #random}, so that a seed without a person is the same run as ever; in a seed of four a person takes risks. */
    private final Random person;

    private final boolean takesRisks;
    int forced;
    int gaveWay;
    private final List<String> trace = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private long uniques;
    private long nanos;
    private long wholeLink;
    private final int mildness;
    private boolean faults = true;
    // The voters.
    private Map<UUID, Boolean> record = new HashMap<>();
    private long counter;
    private SimulatedCopy holder;
    // What the application was told, per block: the value, whether it was flushed, and when.
    private final Map<Integer, Long> acknowledged = new HashMap<>();
    private final Map<Integer, Long> flushed = new HashMap<>();
    private final Map<Integer, Long> acknowledgedAt = new HashMap<>();
    /** Which copies the record promised it on: 1, 2, or 3 for both. */
    private final Map<Integer, Integer> acknowledgedOn = new HashMap<>();

    private final long[] powerLostAt = {0, -1, -1};
    int promotions;

    SimulatedPair(long seed) {
        random = new Random(seed);
        person = new Random(~seed);
        takesRisks = seed % 4 == 0;
        // From one fault after the other to long quiet stretches, in which much is written.
        mildness = 1 << random.nextInt(6);
        a.start();
        b.start();
        if (random.nextInt(4) != 0) {
            settle();
            faults = true;
        }
    }

    long unique() {
        return ++uniques;
    }

    MonotonicTime now() {
        return new MonotonicTime(nanos);
    }

    SimulatedCopy other(SimulatedCopy copy) {
        return copy == a ? b : a;
    }

    boolean isWhole(long link) {
        return link != 0 && wholeLink == link;
    }

    void cut() {
        wholeLink = 0;
    }

    void later(SimulatedCopy copy, Event event) {
        long attach = copy.attach;
        later.add(() -> {
            if (copy.up && copy.attach == attach) {
                copy.step(event);
            }
        });
    }

    void mayCrash(SimulatedCopy copy) {
        if (faults && copy.crashAllowed && random.nextInt(200 * mildness) == 0) {
            throw new SimulatedCopy.Crash();
        }
    }

    boolean holdsLease(SimulatedCopy copy) {
        return holder == copy && copy.epoch.counter() == counter;
    }

    void acknowledged(SimulatedCopy by, SimulatedCopy.Request request) {
        trace(by.number, "acknowledges " + request);
        if (request.block() >= 0) {
            acknowledgedOn.put(request.block(), by.mode == IoMode.MIRRORED ? 3 : by.number);
            acknowledged.merge(request.block(), request.value(), Math::max);
            // Confirmed before it is heard: what counts is when it was in a cache at the earliest.
            acknowledgedAt.put(request.block(), request.at());
        } else {
            // Everything acknowledged before the flush began.
            acknowledged.forEach((block, value) -> {
                if (value <= request.value()) {
                    flushed.merge(block, value, Math::max);
                }
            });
        }
    }

    void turn() {
        nanos += 1_000_000L * random.nextInt(faults ? 400 : 100);
        SimulatedCopy copy = random.nextBoolean() ? a : b;
        copy.crashAllowed = true;
        try {
            act(copy);
            if (takesRisks) {
                risk(copy);
            }
        } catch (SimulatedCopy.Crash e) {
            crash(copy, random.nextBoolean());
        }
        copy.crashAllowed = false;
    }

    private void act(SimulatedCopy copy) {
        switch (random.nextInt(faults ? 44 : 30)) {
            case 0, 1, 2, 3, 4, 5, 6 -> {
                if (copy.up) {
                    copy.receive();
                }
            }
            case 7, 8, 9, 10, 11 -> {
                if (copy.isPrimary() && holdsLease(copy) && faults) {
                    var _ = copy.write(SimulatedCopy.BLOCKS[random.nextInt(SimulatedCopy.BLOCKS.length)], ++lastValue);
                }
            }
            case 12 -> {
                if (copy.isPrimary() && holdsLease(copy) && faults) {
                    var _ = copy.flush(false);
                }
            }
            case 13, 14, 15 -> {
                if (copy.up) {
                    copy.sync();
                }
            }
            case 16, 17 -> {
                if (copy.up) {
                    copy.tick(now());
                }
            }
            case 18, 19 -> answerRecord(copy);
            case 20, 21 -> {
                if (copy.up && copy.link != 0 && wholeLink != copy.link && copy.incoming.isEmpty()
                        || copy.up && copy.link != 0 && wholeLink != copy.link && random.nextInt(4) == 0) {
                    linkDown(copy);
                }
            }
            case 22 -> connect();
            case 23, 24 -> promote(copy);
            case 25, 26 -> {
                if (!later.isEmpty()) {
                    later.removeFirst().run();
                }
            }
            case 27 -> {
                if (copy.isPrimary()) {
                    copy.letGo();
                }
            }
            case 28 -> {
                if (!copy.up && (!faults || random.nextInt(3) == 0)) {
                    copy.start();
                }
            }
            case 29 -> {
                if (copy.isPrimary() && !holdsLease(copy)) {
                    copy.step(new Event.Demote("d", true));
                }
            }
            case 30 -> {
                if (random.nextInt(mildness) == 0) {
                    cut();
                }
            }
            case 31 -> {
                if (random.nextInt(2 * mildness) == 0 && copy.up) {
                    crash(copy, random.nextBoolean());
                }
            }
            case 32 -> {
                if (random.nextInt(2 * mildness) == 0) {
                    trace.add("lease lost");
                    holder = null;
                }
            }
            case 33 -> {
                if (copy.up) {
                    copy.step(new Event.PeerAlive(other(copy).up, now()));
                }
            }
            case 34 -> {
                if (copy.isPrimary() && random.nextInt(2 * mildness) == 0 && !copy.draining) {
                    copy.step(new Event.Demote("d", false));
                    if (copy.draining && !copy.flush(true)) {
                        copy.draining = false;
                    }
                }
            }
            case 35, 36, 37, 38, 39 -> {
                if (copy.isPrimary() && holdsLease(copy)) {
                    var _ = copy.write(SimulatedCopy.BLOCKS[random.nextInt(SimulatedCopy.BLOCKS.length)], ++lastValue);
                }
            }
            default -> {
                if (copy.up) {
                    copy.receive();
                }
            }
        }
        if (copy.up && !copy.isPrimary() && holder == copy) {
            holder = null; // a planned stop gives the lease back
        }
    }

    /** A person forces a stale copy, and later lets one side of the split brain give way. */
    private void risk(SimulatedCopy copy) {
        if (!copy.up || copy.isPrimary()) {
            return;
        }
        if (copy.machine.view().connection() == MirrorView.Connection.SPLIT_BRAIN && person.nextInt(40) == 0) {
            copy.step(new Event.Yield("y"));
        } else if (holder == null && person.nextInt(faults ? 25 : 400) == 0) {
            force(copy);
        }
    }

    /** As the keeper does it: the grant itself records this copy as the good one and the other as outdated. */
    private void force(SimulatedCopy copy) {
        Superblock mine = copy.superblock();
        boolean stale = !record.isEmpty() && !(record.getOrDefault(mine.copy(), false) && mine.isUpToDate());
        boolean usable = mine.isUpToDate() || mine.disk() == DiskState.OUTDATED;
        // The agent refuses it then: the good copy can be reached.
        boolean needless =
                mine.disk() == DiskState.OUTDATED && copy.machine.view().peerDisk() == DiskState.UP_TO_DATE;
        if (!stale || !usable || needless) {
            return;
        }
        SimulatedCopy other = other(copy);
        PeerView seen = PeerView.of(mine, false, copy.attach, false);
        other.parted = Handshake.compare(other.superblock(), seen) instanceof Handshake.PeerIsOlder;
        copy.parted = false;
        forced++;
        record = new HashMap<>(Map.of(mine.copy(), true, other.superblock().copy(), false));
        holder = copy;
        Epoch epoch = new Epoch(++counter, copy.number);
        copy.epoch = epoch;
        trace.add("a person forces " + copy.number + " under " + epoch);
        // What the other alone had is given up; what is here is what counts from now on.
        for (int block : SimulatedCopy.BLOCKS) {
            acknowledged.put(block, copy.read(block));
            acknowledgedAt.put(block, nanos);
            acknowledgedOn.put(block, copy.number);
            flushed.put(block, copy.disk.get(block));
        }
        copy.step(new Event.Promote("f", epoch, true, now()));
        if (!copy.isPrimary()) {
            holder = null;
        }
    }

    private void crash(SimulatedCopy copy, boolean power) {
        trace.add("crash of " + copy.number + (power ? " with power loss" : ""));
        copy.crash(power);
        if (power) {
            powerLostAt[copy.number] = nanos;
        }
        if (holder == copy) {
            holder = null;
        }
        cut();
    }

    private void linkDown(SimulatedCopy copy) {
        long link = copy.link;
        boolean met = copy.met;
        copy.forgetLink();
        if (met) {
            copy.step(new Event.LinkDown(link, Duration.ofMillis(random.nextInt(3000)), now()));
        }
    }

    private void connect() {
        if (a.up && b.up && a.link == 0 && b.link == 0) {
            wholeLink = unique();
            a.link = wholeLink;
            b.link = wholeLink;
            a.incoming.add(new SimulatedCopy.Hello(view(b), b.ledger.dirty().copy()));
            b.incoming.add(new SimulatedCopy.Hello(view(a), a.ledger.dirty().copy()));
        }
    }

    private PeerView view(SimulatedCopy copy) {
        return PeerView.of(
                copy.superblock(),
                copy.isPrimary(),
                copy.attach,
                !copy.ledger.dirty().isEmpty());
    }

    /** The register: only the present epoch's holder writes it; an answer may be lost, late or no. */
    private void answerRecord(SimulatedCopy copy) {
        if (!copy.up || copy.asked == null || (faults && random.nextInt(3) == 0)) {
            return;
        }
        Effect.AskRecord ask = copy.asked;
        boolean ok = holdsLease(copy);
        if (ok) {
            Map<UUID, Boolean> next = new HashMap<>();
            for (CopyEntry entry : ask.copies()) {
                next.put(entry.copy(), entry.upToDate());
            }
            record = next;
            trace.add("record " + record);
        }
        if (faults && random.nextInt(4) == 0) {
            copy.asked = null; // written, and the answer lost: it is asked again
            return;
        }
        copy.asked = null;
        copy.step(new Event.RecordAnswered(ask.id(), ok, "", now()));
    }

    private void promote(SimulatedCopy copy) {
        if (!copy.up || copy.isPrimary() || holder != null) {
            return;
        }
        if (!(record.isEmpty() || record.getOrDefault(copy.superblock().copy(), false))) {
            return;
        }
        if (record.isEmpty()
                && !copy.superblock().isBlank()
                && !copy.superblock().isUpToDate()) {
            return;
        }
        holder = copy;
        Epoch epoch = new Epoch(++counter, copy.number);
        copy.epoch = epoch;
        trace.add("grant " + epoch);
        copy.step(new Event.Promote("p", epoch, now()));
        if (!copy.isPrimary()) {
            holder = null;
        }
    }

    /** Invariants 2 and 3, when the application can read: the new Primary has what was acknowledged, unless power loss took it before a flush. */
    void promoted(SimulatedCopy copy) {
        promotions++;
        for (int block : SimulatedCopy.BLOCKS) {
            long here = copy.read(block);
            long wanted = acknowledged.getOrDefault(block, 0L);
            long sure = flushed.getOrDefault(block, 0L);
            long at = acknowledgedAt.getOrDefault(block, 0L);
            int on = acknowledgedOn.getOrDefault(block, 3);
            // A write that was not flushed is in caches: gone where this copy, or every one that held it, lost power.
            boolean powerTookIt = powerLostAt[copy.number] >= at
                    || ((on & 1) == 0 || powerLostAt[1] >= at) && ((on & 2) == 0 || powerLostAt[2] >= at);
            assertTrue(
                    here >= (powerTookIt ? sure : wanted),
                    () -> "block " + block + " holds " + here + ", acknowledged " + wanted + ", flushed " + sure);
            // Seen by the application from now on.
            if (here != wanted) {
                acknowledged.put(block, here);
                acknowledgedAt.put(block, nanos);
                acknowledgedOn.put(block, copy.number);
                flushed.put(block, Math.min(here, sure));
            }
        }
    }

    /** Faults end: both must come up to date and be equal, and every acknowledged write be there (invariants 5 and 6). */
    void settle() {
        faults = false;
        for (int i = 0; i < 20_000 && !isSettled(); i++) {
            turn();
        }
        assertTrue(isSettled(), () -> "not settled: a " + show(a) + " b " + show(b) + " record " + record);
        SimulatedCopy primary = a.isPrimary() ? a : b;
        for (int block : SimulatedCopy.BLOCKS) {
            assertEquals(a.read(block), b.read(block), "block " + block + " differs");
            assertTrue(primary.read(block) >= acknowledged.getOrDefault(block, 0L), "block " + block + " is older");
        }
    }

    private boolean isSettled() {
        SimulatedCopy primary = a.isPrimary() && holdsLease(a) ? a : b;
        return a.up
                && b.up
                && primary.isPrimary()
                && holdsLease(primary)
                && primary.mode == IoMode.MIRRORED
                && primary.ledger.underWay() == 0
                && other(primary).superblock().isUpToDate()
                && isWhole(primary.link)
                && !other(primary).isPrimary()
                && record.size() == 2
                && record.values().stream().allMatch(good -> good)
                && later.isEmpty();
    }

    private static String show(SimulatedCopy copy) {
        return copy.up
                ? copy.machine.view() + " mode " + copy.mode + " link " + copy.link + " asked " + copy.asked
                : "down";
    }

    void trace(int number, Object effect) {
        trace.add(number + ": " + effect);
    }

    String trace() {
        return String.join("\n", trace.subList(Math.max(0, trace.size() - 300), trace.size()));
    }
}
