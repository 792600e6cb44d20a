// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** What goes wrong, and when; each kind in a rhythm and by a chance of its own, so that leaving one out moves no other. */
final class Faults {
    private static final long MILLI = Simulation.MILLI;
    private static final long SECOND = 1_000 * MILLI;
    private static final long[] LEASES_MILLIS = {500, 800, 800, 2_400};

    private final Simulation simulation;
    private final Set<FaultKind> kinds;
    private final Lane lane = new Lane();
    private final Cuts cuts;
    private final Map<FaultKind, Rhythm> rhythms = new EnumMap<>(FaultKind.class);

    /** @param meanNanos between two strikes */
    private record Rhythm(SplittableRandom random, double meanNanos) {
        long pause() {
            return (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
        }
    }

    Faults(Simulation simulation, Set<FaultKind> kinds) {
        this.simulation = simulation;
        this.kinds = kinds;
        this.cuts = new Cuts(simulation, lane, this::lasting);
        // Each seed knows only some kinds of fault, some often: combinations that a fair mixture would drown come up.
        List<FaultKind> rhythmic =
                Arrays.stream(FaultKind.values()).filter(FaultKind::isRhythmic).toList();
        long[] weights = new long[rhythmic.size()];
        long sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = simulation.chance(0.5) ? 0 : 1 + simulation.random(4);
            sum += weights[i];
        }
        // Long runs know calm seeds too, in which what takes minutes has its time: a fault each 0.3 to 20 s.
        double mean = simulation.isQuick()
                ? (simulation.chance(0.5) ? 500 : 150) * MILLI
                : 300 * MILLI * Math.pow(65, simulation.random(1_000) / 1_000.0);
        for (FaultKind kind : rhythmic) {
            SplittableRandom own = new SplittableRandom(simulation.random(Long.MAX_VALUE));
            long weight = weights[kind.ordinal()];
            if (weight > 0) {
                rhythms.put(kind, new Rhythm(own, mean * sum / weight));
            }
        }
        if (simulation.object() != null) {
            drawPassiveVoters(mean);
        }
    }

    /** A restore takes seconds: as often as the others these would leave no time in which the object serves. */
    private void drawPassiveVoters(double mean) {
        SplittableRandom random = simulation.splitPassiveRandom();
        for (FaultKind kind : FaultKind.values()) {
            SplittableRandom own = random.split();
            if (kind.isPassiveVoters() && random.nextBoolean()) {
                rhythms.put(kind, new Rhythm(own, mean * (10 + random.nextInt(30))));
            }
        }
    }

    void begin() {
        for (FaultKind kind : kinds) {
            Rhythm rhythm = rhythms.get(kind);
            if (rhythm != null) {
                next(kind, rhythm);
            }
        }
    }

    private void next(FaultKind kind, Rhythm rhythm) {
        simulation.at(simulation.now() + rhythm.pause(), lane, () -> {
            strike(kind);
            // What comes twice within a breath finds what has not recovered.
            if (simulation.chance(0.2)) {
                simulation.at(simulation.now() + simulation.random(60 * MILLI), lane, () -> strike(kind));
            }
            next(kind, rhythm);
        });
    }

    private void strike(FaultKind kind) {
        if (hit(kind, anyHost())) {
            simulation.struck(kind);
        }
    }

    /** True when something was hit that is counted here; packets and writes are counted where they are. */
    private boolean hit(FaultKind kind, SimulatedHost host) {
        return switch (kind) {
            case LOSS -> weather(() -> simulation.network.loss(share(0.2, 0.7)), () -> simulation.network.loss(0));
            case DUPLICATION ->
                weather(() -> simulation.network.duplication(share(0.2, 0.7)), () -> simulation.network.duplication(0));
            case REORDERING ->
                weather(() -> simulation.network.reordering(share(0.1, 0.4)), () -> simulation.network.reordering(0));
            case DELAY ->
                weather(
                        () -> simulation.network.delay((long) (300 * MILLI * share(0.1, 1))),
                        () -> simulation.network.delay(0));
            case STALE_ANSWERS -> {
                simulation.network.repeat(witness().number(), simulation.now() + simulation.random(10 * SECOND));
                yield false;
            }
            case ONE_WAY_CUT -> cuts.oneWay(host, anyHost());
            case PARTIAL_PARTITION -> cuts.bothWays(host, anyHost());
            case ISOLATION -> cuts.around(host);
            case SWIZZLE -> cuts.swizzle();
            case DRIFT -> {
                host.driftAnew();
                yield true;
            }
            case KEEPER_PAUSE -> standStill(host, "keeper stands still", host::pauseKeeper);
            case HOST_PAUSE -> standStill(host, "stands still", host::pause);
            case SUSPEND -> {
                if (simulation.chance(0.5)) {
                    yield standStill(host, "is suspended", host::suspend);
                }
                amidNextWrite(host, () -> {
                    if (standStill(host, "is suspended", host::suspend)) {
                        simulation.struck(kind);
                    }
                });
                yield false;
            }
            case CRASH -> crash(host, off());
            case POWER_LOSS -> powerLoss();
            case WITNESS_DOWN -> crash(witness(), simulation.random(simulation.isQuick() ? 5 * SECOND : 60 * SECOND));
            case KEEPER_RESTART -> {
                if (simulation.chance(0.5)) {
                    yield restartKeeper(host);
                }
                amidNextWrite(host, () -> {
                    if (restartKeeper(host)) {
                        simulation.struck(kind);
                    }
                });
                yield false;
            }
            case CONFIGURATION -> configure();
            case MOVE -> anyGroup((each, group) -> each.group(group).move());
            case AGENT_SILENT -> anyGroup((each, group) -> each.group(group).agentFallsSilent());
            case MIRROR_CONFUSED ->
                anyGroup((each, group) -> each.group(group).mirror().forgetAllCopies());
            case SLOW_DISK -> {
                host.store().slowUntil(simulation.now() + simulation.random(2 * SECOND));
                yield true;
            }
            case DISK_ERROR -> {
                host.store().failUntil(simulation.now() + spell());
                yield false;
            }
            case DISK_FULL -> {
                host.store().fullUntil(simulation.now() + spell());
                yield false;
            }
            case TORN_WRITE, LOST_WRITE, REORDERED_WRITE -> {
                amidNextWrite(host, () -> crash(host, off()));
                yield false;
            }
            case CORRUPT_SECTOR -> host.store().corrupt(simulation.random(64), (int) simulation.random(2));
            case MISDIRECTED_WRITE -> {
                host.store().misdirectNext();
                yield false;
            }
            case NEW_DISK -> newDisk(host);
            case FENCE_CONFIRMED, FENCE_LATE, FENCE_FAILS, FENCE_SILENT ->
                throw new IllegalStateException(kind + " comes of an order");
            case API_OUTAGE,
                    API_CUT,
                    API_SLOW,
                    API_ANSWER_LOST,
                    API_STALE,
                    API_RESTORED,
                    API_OBJECT_REPLACED,
                    AGENT_RESTART,
                    AGENT_PAUSE -> {
                SimulatedLease object = simulation.object();
                SimulatedWitness witness = host.witness();
                yield object != null && witness != null && hitPassiveVoter(kind, host, object, witness);
            }
            case VOTER_CHANGE -> throw new IllegalStateException(kind + " comes of the operator");
        };
    }

    private boolean hitPassiveVoter(
            FaultKind kind, SimulatedHost host, SimulatedLease object, SimulatedWitness witness) {
        switch (kind) {
            case API_OUTAGE -> {
                return object.outage(lasting());
            }
            case API_CUT -> {
                return object.cut(host.number(), lasting());
            }
            case API_SLOW -> object.slow(spell());
            case API_STALE -> object.stale(spell());
            case API_RESTORED -> {
                return object.restore();
            }
            case API_OBJECT_REPLACED -> {
                return object.replace();
            }
            case AGENT_RESTART -> {
                if (!host.isPowered() || witness.lane().isPaused(simulation.now())) {
                    return false;
                }
                witness.restart(simulation.random(simulation.chance(0.5) ? 300 * MILLI : 3 * SECOND));
            }
            case AGENT_PAUSE -> {
                if (!host.isPowered() || witness.lane().isPaused(simulation.now())) {
                    return false;
                }
                simulation.pause(witness.lane(), simulation.now() + lasting());
            }
            default -> {
                object.lossy(spell());
                return false;
            }
        }
        return true;
    }

    // ---- The network

    private boolean weather(Runnable begins, Runnable ends) {
        begins.run();
        long lasts = simulation.chance(0.2) ? 60 * SECOND : simulation.random(6 * SECOND);
        simulation.at(simulation.now() + lasts, lane, ends);
        return false;
    }

    private double share(double usual, double bad) {
        return simulation.random(1_000) / 1_000.0 * (simulation.chance(0.8) ? usual : bad);
    }

    // ---- Hosts

    private interface Still {
        void until(long nanos);
    }

    private boolean standStill(SimulatedHost host, String what, Still still) {
        if (!host.isPowered() || host.standsStill()) {
            return false;
        }
        long lasts = 10 * MILLI + lasting();
        host.trace(what + " for " + lasts / MILLI + " ms");
        still.until(simulation.now() + lasts);
        return true;
    }

    private boolean crash(SimulatedHost host, long off) {
        if (!host.isPowered()) {
            return false;
        }
        host.powerOff();
        simulation.at(simulation.now() + off, lane, host::boot);
        return true;
    }

    private boolean powerLoss() {
        simulation.trace("all power is lost");
        long until = off();
        simulation.hosts().forEach(host -> crash(host, until + simulation.random(2 * SECOND)));
        return true;
    }

    /** Writes are rare and take milliseconds: a strike that waits for one finds what one at any moment does not. */
    private void amidNextWrite(SimulatedHost host, Runnable strike) {
        host.store()
                .amidNextWrite(takes -> simulation.at(simulation.now() + simulation.random(takes), lane, () -> {
                    if (host.store().isWriting()) {
                        strike.run();
                    }
                }));
    }

    private boolean restartKeeper(SimulatedHost host) {
        if (!host.isPowered() || host.standsStill() || !host.keeperRuns()) {
            return false;
        }
        long down = 20 * MILLI + simulation.random(simulation.chance(0.7) ? 400 * MILLI : 2 * SECOND);
        host.restartKeeper(down, simulation.chance(0.5));
        return true;
    }

    /** Each keeper reads the new timers by beginning anew, soon or, where it has just no time, at its next start. */
    private boolean configure() {
        long lease = LEASES_MILLIS[(int) simulation.random(LEASES_MILLIS.length)];
        simulation.trace("configured: lease " + lease + " ms");
        simulation.configure(lease);
        for (SimulatedHost host : simulation.hosts()) {
            simulation.at(
                    simulation.now() + simulation.random(simulation.chance(0.5) ? 100 * MILLI : 3 * SECOND),
                    lane,
                    () -> {
                        if (host.isPowered() && !host.standsStill() && host.keeperRuns()) {
                            host.restartKeeper(1 + simulation.random(20 * MILLI), true);
                        }
                    });
        }
        return true;
    }

    private interface Action {
        boolean on(SimulatedHost host, int group);
    }

    private boolean anyGroup(Action action) {
        int group = (int) simulation.random(simulation.groups());
        boolean hit = false;
        for (SimulatedHost host : simulation.hosts()) {
            hit |= host.hasData() && action.on(host, group);
        }
        return hit;
    }

    /**
     * Not while another voter lacks anything: two lost stores of three are a lost majority. A voter that filled its new store
     * counts again.
     */
    private boolean newDisk(SimulatedHost host) {
        SimulatedLease object = simulation.object();
        if (object == null ? simulation.hostCount() < 3 : !object.isWhole()) {
            return false;
        }
        VoterChanges changes = simulation.changes();
        if (changes != null && (!changes.isSettled() || changes.members().size() < 3 || !changes.isMember(host))) {
            return false;
        }
        if (!host.store().isVoting()) {
            return false;
        }
        Set<Long> groups = new HashSet<>();
        simulation.hosts().forEach(each -> groups.addAll(each.store().learnt()));
        for (SimulatedHost other : simulation.hosts()) {
            if (other != host && simulation.isMember(other) && !other.store().isComplete(groups)) {
                return false;
            }
        }
        crash(host, off());
        if (simulation.chance(0.5)) {
            simulation.trace(host + " gets a new disk for its records");
            host.store().replaceDisk();
            if (host.witness() != null) {
                host.witness().forgetAll();
            }
        } else {
            simulation.trace(host + " finds a record file unreadable");
            host.store().corruptBoth(simulation.random(64));
        }
        return true;
    }

    // ---- The end

    /** All heals, or just enough: then the rest is off, and stays it. */
    void heal() {
        lane.end();
        simulation.hosts().forEach(SimulatedHost::fencingEnds);
        simulation.network.heal();
        if (simulation.object() != null) {
            simulation.object().heal();
        }
        VoterChanges changes = simulation.changes();
        if (changes != null) {
            changes.heal();
        }
        List<SimulatedHost> left = simulation.chance(0.5) || changes != null ? List.of() : dispensable();
        simulation.trace(left.isEmpty() ? "all faults heal" : "all faults heal but of " + left);
        for (SimulatedHost host : simulation.hosts()) {
            host.store().heal();
            if (!simulation.isMember(host)) {
                continue;
            }
            if (!left.contains(host)) {
                host.goOn();
                if (changes != null) {
                    changes.healed(host);
                }
                host.boot();
            } else if (host.isPowered()) {
                host.powerOff();
            }
        }
    }

    /** Hosts without which there still is a majority of complete voters, and of each group the copy that is good for certain. */
    private List<SimulatedHost> dispensable() {
        Set<Long> groups = new HashSet<>();
        simulation.hosts().forEach(each -> groups.addAll(each.store().learnt()));
        SimulatedLease object = simulation.object();
        int most = (simulation.voters() - 1) / 2;
        if (object != null) {
            boolean away = simulation.chance(0.3) && simulation.isEachStoreComplete();
            if (away) {
                simulation.trace("the API server stays away");
                object.end();
            }
            most -= away || !object.isWhole() ? 1 : 0;
        }
        List<SimulatedHost> left = new ArrayList<>();
        int first = (int) simulation.random(simulation.hostCount());
        for (int i = 0; i < simulation.hostCount() && left.size() < most; i++) {
            SimulatedHost host = simulation.host(1 + (first + i) % simulation.hostCount());
            if (!host.hasData() || canDoWithout(host, left)) {
                left.add(host);
            }
        }
        boolean complete = simulation.hosts().stream()
                .filter(host -> !left.contains(host))
                .allMatch(host -> host.store().isComplete(groups));
        return complete ? left : List.of();
    }

    private boolean canDoWithout(SimulatedHost host, List<SimulatedHost> left) {
        SimulatedHost other = simulation.host(3 - host.number());
        if (left.contains(other)) {
            return false;
        }
        for (int group = 0; group < simulation.groups(); group++) {
            if (!simulation.truth(group).isSafeWith(other.number())) {
                return false;
            }
        }
        return true;
    }

    // ---- Draws

    /** Most faults are short, some last; a long run knows a minute. */
    private long lasting() {
        double kind = simulation.random(1_000) / 1_000.0;
        if (kind < 0.5) {
            return simulation.random(500 * MILLI);
        }
        return simulation.random(simulation.isQuick() || kind < 0.85 ? 3 * SECOND : 60 * SECOND);
    }

    private long off() {
        double kind = simulation.random(1_000) / 1_000.0;
        if (kind < 0.5) {
            return simulation.random(400 * MILLI);
        }
        return simulation.random(simulation.isQuick() || kind < 0.9 ? 3 * SECOND : 60 * SECOND);
    }

    private long spell() {
        return simulation.random(simulation.isQuick() || simulation.chance(0.7) ? 2 * SECOND : 20 * SECOND);
    }

    private SimulatedHost anyHost() {
        return simulation.host(1 + (int) simulation.random(simulation.hostCount()));
    }

    private SimulatedHost witness() {
        return simulation.hostCount() < 3
                ? anyHost()
                : simulation.host(3 + (int) simulation.random(simulation.hostCount() - 2));
    }
}
