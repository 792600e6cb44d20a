// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.witness.Registers;
import io.metalha.node.witness.Snapshot;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import io.metalha.node.witness.WitnessMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An object in an API server: read and compare-and-swap, over a network that delays and loses, in a server that goes away and comes back with what a
 * backup had. A version is never used for two contents of one life of the API server, but again after a restore.
 */
final class SimulatedLease {
    static final String CLUSTER = "cluster";

    private static final long MILLI = Simulation.MILLI;
    private static final int HISTORY_MAX = 2_000;

    private final Simulation simulation;
    private final SplittableRandom random;
    private final long timeoutNanos;
    private final long gapNanos;
    private final Deque<Past> history = new ArrayDeque<>();
    private final boolean[] cut;
    private Snapshot present = new Snapshot("object-1", "1", Registers.blank(CLUSTER));
    private long objects = 1;
    private long life;
    private boolean down;
    private long downUntil;
    private long slowUntil;
    private long lossyUntil;
    private long staleUntil;
    private long writes;

    private record Past(long at, Snapshot snapshot) {}

    SimulatedLease(Simulation simulation, SplittableRandom random, long leaseNanos, int hosts) {
        this.simulation = simulation;
        this.random = random;
        this.timeoutNanos = leaseNanos / 5;
        this.gapNanos = leaseNanos / 2;
        this.cut = new boolean[hosts + 1];
        history.add(new Past(0, present));
    }

    Snapshot present() {
        return present;
    }

    long writes() {
        return writes;
    }

    // ---- Requests

    void read(int host, Lane lane, Consumer<WitnessEvent> then) {
        request(host, lane, () -> new WitnessEvent.Found(shown()), then);
    }

    void write(int host, Lane lane, WitnessEffect.Write write, Consumer<WitnessEvent> then) {
        request(host, lane, () -> swap(host, write), then);
    }

    private WitnessEvent swap(int host, WitnessEffect.Write write) {
        boolean anyVersion = write.version().isEmpty();
        if (!write.uid().equals(present.uid())
                || !(anyVersion || write.version().equals(present.version()))) {
            return new WitnessEvent.Conflict();
        }
        put(new Snapshot(present.uid(), Long.toString(Long.parseLong(present.version()) + 1), write.registers()));
        writes++;
        if (simulation.isTracing()) {
            simulation.trace("object written by v" + host + ": " + present);
        }
        return new WitnessEvent.Written(present.version());
    }

    private interface Work {
        WitnessEvent atServer();
    }

    private void request(int host, Lane lane, Work work, Consumer<WitnessEvent> then) {
        boolean[] answered = {false};
        simulation.at(
                simulation.now() + timeoutNanos,
                lane,
                () -> answer(answered, then, new WitnessEvent.Failed("timeout")));
        if (down || cut[host]) {
            return;
        }
        long began = life;
        long there = way() + (simulation.now() < slowUntil ? random(2 * timeoutNanos) : 0);
        simulation.at(simulation.now() + there, simulation.world(), () -> {
            // What was under way to an API server that ended is nowhere.
            if (began != life || down) {
                return;
            }
            WitnessEvent result = work.atServer();
            if (cut[host] || (simulation.now() < lossyUntil && random.nextDouble() < 0.4)) {
                simulation.struck(FaultKind.API_ANSWER_LOST);
                return;
            }
            simulation.at(simulation.now() + way(), lane, () -> answer(answered, then, result));
        });
    }

    private static void answer(boolean[] answered, Consumer<WitnessEvent> then, WitnessEvent event) {
        if (!answered[0]) {
            answered[0] = true;
            then.accept(event);
        }
    }

    private long way() {
        return MILLI + random(10 * MILLI);
    }

    private Snapshot shown() {
        if (simulation.now() >= staleUntil || random.nextDouble() < 0.3) {
            return present;
        }
        long at = simulation.now() - random(2_000 * MILLI);
        return before(at);
    }

    private Snapshot before(long at) {
        Snapshot found = history.getFirst().snapshot();
        for (Past past : history) {
            if (past.at() > at) {
                break;
            }
            found = past.snapshot();
        }
        return found;
    }

    private void put(Snapshot snapshot) {
        present = snapshot;
        history.addLast(new Past(simulation.now(), snapshot));
        if (history.size() > HISTORY_MAX) {
            history.removeFirst();
        }
    }

    // ---- What goes wrong

    boolean outage(long lasts) {
        if (down) {
            return false;
        }
        stop(lasts);
        simulation.trace("the API server is away for " + lasts / MILLI + " ms");
        return true;
    }

    private void stop(long lasts) {
        down = true;
        life++;
        long until = simulation.now() + lasts;
        downUntil = until;
        simulation.at(until, simulation.world(), () -> {
            if (downUntil == until) {
                down = false;
            }
        });
    }

    boolean cut(int host, long lasts) {
        if (cut[host]) {
            return false;
        }
        cut[host] = true;
        simulation.at(simulation.now() + lasts, simulation.world(), () -> cut[host] = false);
        return true;
    }

    void slow(long lasts) {
        slowUntil = simulation.now() + lasts;
    }

    void lossy(long lasts) {
        lossyUntil = simulation.now() + lasts;
    }

    void stale(long lasts) {
        staleUntil = simulation.now() + lasts;
    }

    /**
     * From some backup of which every server knows, in all that was written since, that it is one: else no server that lives could tell (docs/safety.md). It
     * takes longer than a client's gap, for the API server has to be stopped for it.
     */
    boolean restore() {
        List<Snapshot> backups = new ArrayList<>();
        for (Past past : history) {
            if (past.snapshot().uid().equals(present.uid())
                    && isMissed(past.snapshot().registers())) {
                backups.add(past.snapshot());
            }
        }
        if (down || backups.isEmpty() || !simulation.isEachStoreComplete()) {
            return false;
        }
        stop(gapNanos + MILLI + random(gapNanos));
        Snapshot backup = backups.get((int) random(backups.size()));
        simulation.trace("the API server is restored: " + backup);
        history.clear();
        put(backup);
        return true;
    }

    boolean replace() {
        boolean known = simulation.hosts().stream()
                .allMatch(host -> present.uid().equals(memoryOf(host).uid()));
        if (down || !known || !simulation.isEachStoreComplete()) {
            return false;
        }
        stop(gapNanos + MILLI);
        history.clear();
        put(new Snapshot("object-" + ++objects, present.version(), Registers.blank(CLUSTER)));
        simulation.trace("the object is made again: " + present);
        return true;
    }

    private boolean isMissed(Registers backup) {
        return simulation.hosts().stream().allMatch(host -> present.registers().byGroup().entrySet().stream()
                .allMatch(each -> {
                    var then = backup.byGroup().get(each.getKey());
                    long serial = then == null ? 0 : then.serial();
                    Long seen = memoryOf(host).serials().get(each.getKey());
                    return serial == each.getValue().serial() || (seen != null && seen > serial);
                }));
    }

    private static WitnessMemory memoryOf(SimulatedHost host) {
        return host.witnessMemory();
    }

    void heal() {
        down = false;
        downUntil = 0;
        Arrays.fill(cut, false);
        slowUntil = 0;
        lossyUntil = 0;
        staleUntil = 0;
    }

    /** Away for good. */
    void end() {
        stop(Long.MAX_VALUE / 4);
    }

    /** Whether it was written, so that it is a voter like the others, and lacks nothing that any server knows of. */
    boolean isWhole() {
        Registers registers = present.registers();
        return registers.complete()
                && registers.writes() > 0
                && simulation.hosts().stream().allMatch(host -> {
                    var memory = memoryOf(host);
                    return (memory.uid().isEmpty() || memory.uid().equals(present.uid()))
                            && memory.serials().entrySet().stream().allMatch(each -> {
                                var register = registers.byGroup().get(each.getKey());
                                return register != null && register.serial() >= each.getValue();
                            });
                });
    }

    private long random(long bound) {
        return random.nextLong(bound);
    }
}
