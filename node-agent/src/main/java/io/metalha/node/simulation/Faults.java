// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** What goes wrong, and when. */
final class Faults {
    private static final long MILLI = Simulation.MILLI;

    private final Simulation simulation;
    private final Lane lane = new Lane();
    private boolean diskReplaced;

    Faults(Simulation simulation) {
        this.simulation = simulation;
    }

    void begin() {
        if (simulation.chance(0.3)) {
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
        long pause = simulation.chance(0.3) ? simulation.random(60 * MILLI) : simulation.random(1_200 * MILLI);
        simulation.at(simulation.now() + pause, lane, () -> {
            strike();
            next();
        });
    }

    private void strike() {
        SimulatedHost host = anyHost();
        switch ((int) simulation.random(16)) {
            case 0, 1 -> crash(host, false);
            case 2 -> crash(host, true);
            case 3 ->
                host.restartKeeper(
                        20 * MILLI + simulation.random(simulation.chance(0.7) ? 400 * MILLI : 2_000 * MILLI));
            case 4 -> isolate(host);
            case 5, 6 -> cutOneWay(host, anyHost());
            case 7 -> cutBothWays(host, anyHost());
            case 8, 9, 10 -> {
                simulation.trace("network heals");
                simulation.network.heal();
            }
            case 11 -> {
                simulation.trace(host + " keeper stalls");
                host.keeperLane().pause(simulation.now() + stall());
            }
            case 12 -> {
                simulation.trace(host + " stalls");
                long until = simulation.now() + stall();
                host.keeperLane().pause(until);
                host.mirrorLane().pause(until);
            }
            case 13 -> host.store().slowUntil(simulation.now() + simulation.random(2_000 * MILLI));
            case 14 -> simulation.hosts().forEach(SimulatedHost::move);
            default -> simulation.hosts().forEach(SimulatedHost::agentFallsSilent);
        }
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
