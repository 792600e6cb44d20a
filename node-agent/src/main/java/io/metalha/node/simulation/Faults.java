// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** What goes wrong, and when. */
final class Faults {
    private static final long MILLI = Simulation.MILLI;

    private enum Kind {
        CRASH,
        CRASH_AND_NEW_DISK,
        KEEPER_RESTART,
        ISOLATE,
        CUT_ONE_WAY,
        CUT,
        NETWORK_HEALS,
        KEEPER_STALLS,
        HOST_STALLS,
        SLOW_DISK,
        MOVE,
        AGENT_SILENT,
        MIRROR_CONFUSED
    }

    private final Simulation simulation;
    private final Lane lane = new Lane();
    private final long[] weights;
    private final long paceNanos;
    private boolean diskReplaced;

    Faults(Simulation simulation) {
        this.simulation = simulation;
        // Each seed knows only some kinds of fault, some often: combinations that a fair mixture would drown come up.
        this.weights = new long[Kind.values().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = simulation.chance(0.5) ? 0 : 1 + simulation.random(4);
        }
        this.paceNanos = simulation.chance(0.5) ? 1_200 * MILLI : 300 * MILLI;
    }

    void begin() {
        if (simulation.chance(0.4)) {
            simulation.network.weather(
                    simulation.random(200) / 1000.0, simulation.random(200) / 1000.0, simulation.random(100) / 1000.0);
        }
        next();
    }

    void heal() {
        lane.end();
        simulation.trace("all faults heal");
        simulation.network.heal();
        simulation.network.weather(0, 0, 0);
        for (SimulatedHost host : simulation.hosts()) {
            host.store().slowUntil(0);
            host.boot();
        }
    }

    private void next() {
        long pause = simulation.chance(0.3) ? simulation.random(60 * MILLI) : simulation.random(paceNanos);
        simulation.at(simulation.now() + pause, lane, () -> {
            strike();
            next();
        });
    }

    private void strike() {
        SimulatedHost host = anyHost();
        switch (kind()) {
            case CRASH -> crash(host, false);
            case CRASH_AND_NEW_DISK -> crash(host, true);
            case KEEPER_RESTART ->
                host.restartKeeper(
                        20 * MILLI + simulation.random(simulation.chance(0.7) ? 400 * MILLI : 2_000 * MILLI));
            case ISOLATE -> isolate(host);
            case CUT_ONE_WAY -> cutOneWay(host, anyHost());
            case CUT -> cutBothWays(host, anyHost());
            case NETWORK_HEALS -> {
                simulation.trace("network heals");
                simulation.network.heal();
            }
            case KEEPER_STALLS -> {
                simulation.trace(host + " keeper stalls");
                host.keeperLane().pause(simulation.now() + stall());
            }
            case HOST_STALLS -> {
                simulation.trace(host + " stalls");
                long until = simulation.now() + stall();
                host.keeperLane().pause(until);
                host.mirrorLane().pause(until);
            }
            case SLOW_DISK -> host.store().slowUntil(simulation.now() + simulation.random(2_000 * MILLI));
            case MOVE -> simulation.hosts().forEach(SimulatedHost::move);
            case AGENT_SILENT -> simulation.hosts().forEach(SimulatedHost::agentFallsSilent);
            case MIRROR_CONFUSED -> simulation.hosts().forEach(SimulatedHost::mirrorIsConfused);
        }
    }

    private Kind kind() {
        long sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        // What was cut must heal at times, or little happens afterwards.
        if (sum == 0 || simulation.chance(0.2)) {
            return Kind.NETWORK_HEALS;
        }
        long drawn = simulation.random(sum);
        int kind = 0;
        while (drawn >= weights[kind]) {
            drawn -= weights[kind++];
        }
        return Kind.values()[kind];
    }

    private long stall() {
        return 10 * MILLI + simulation.random(simulation.chance(0.5) ? 300 * MILLI : 2_500 * MILLI);
    }

    private SimulatedHost anyHost() {
        return simulation.host(1 + (int) simulation.random(simulation.hosts().size()));
    }

    /** At most one disk a run is replaced: two lost stores of three are a lost majority. */
    private void crash(SimulatedHost host, boolean replaceDisk) {
        if (!host.isPowered()) {
            return;
        }
        host.powerOff();
        if (replaceDisk
                && !diskReplaced
                && simulation.hosts().size() > 2
                && host.store().isVoting()) {
            simulation.trace(host + " gets a new disk for its records");
            diskReplaced = true;
            host.store().replaceDisk();
        }
        long off = simulation.chance(0.5) ? simulation.random(400 * MILLI) : simulation.random(3_000 * MILLI);
        simulation.at(simulation.now() + off, lane, host::boot);
    }

    private void isolate(SimulatedHost host) {
        simulation.trace(host + " is cut off");
        for (SimulatedHost other : simulation.hosts()) {
            simulation.network.cut(host.number(), other.number());
            simulation.network.cut(other.number(), host.number());
        }
    }

    private void cutOneWay(SimulatedHost from, SimulatedHost to) {
        simulation.trace("cut " + from + " -> " + to);
        simulation.network.cut(from.number(), to.number());
    }

    private void cutBothWays(SimulatedHost a, SimulatedHost b) {
        cutOneWay(a, b);
        cutOneWay(b, a);
    }
}
