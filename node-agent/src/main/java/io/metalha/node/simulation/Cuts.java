// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Cuts wires and makes each whole again. Every method answers true: there is always a wire to cut. */
final class Cuts {
    private static final long SLOWLY = 2_000 * Simulation.MILLI;

    private final Simulation simulation;
    private final Lane lane;
    private final LongSupplier lasting;

    /** One direction of a pair on one path. */
    private record Wire(int path, int from, int to) {}

    /** @param lasting draws for how long */
    Cuts(Simulation simulation, Lane lane, LongSupplier lasting) {
        this.simulation = simulation;
        this.lane = lane;
        this.lasting = lasting;
    }

    boolean oneWay(SimulatedHost from, SimulatedHost to) {
        return cut("one way", wires(from, to));
    }

    boolean bothWays(SimulatedHost a, SimulatedHost b) {
        return cut("both ways", both(a, b));
    }

    boolean around(SimulatedHost host) {
        List<Wire> wires = new ArrayList<>();
        simulation.hosts().forEach(other -> wires.addAll(both(host, other)));
        return cut("all of " + host, wires);
    }

    /** A random half of all wires, one by one; all released again, in another order. */
    boolean swizzle() {
        List<Wire> wires = new ArrayList<>();
        for (SimulatedHost from : simulation.hosts()) {
            for (SimulatedHost to : simulation.hosts()) {
                if (from != to) {
                    wires(from, to).stream().filter(_ -> simulation.chance(0.5)).forEach(wires::add);
                }
            }
        }
        long cutting = 1 + simulation.random(SLOWLY);
        long held = lasting.getAsLong();
        for (Wire wire : wires) {
            simulation.at(simulation.now() + simulation.random(cutting), lane, () -> cut(wire));
            long whole = simulation.now() + cutting + held + simulation.random(cutting);
            simulation.at(whole, lane, () -> join(wire));
        }
        return true;
    }

    private boolean cut(String how, List<Wire> wires) {
        simulation.trace("cut " + how);
        wires.forEach(this::cut);
        simulation.at(simulation.now() + lasting.getAsLong(), lane, () -> wires.forEach(this::join));
        return true;
    }

    private List<Wire> wires(SimulatedHost from, SimulatedHost to) {
        List<Wire> wires = new ArrayList<>();
        for (int path = 0; path < simulation.network.paths(); path++) {
            wires.add(new Wire(path, from.number(), to.number()));
        }
        return wires;
    }

    private List<Wire> both(SimulatedHost a, SimulatedHost b) {
        List<Wire> wires = wires(a, b);
        wires.addAll(wires(b, a));
        return wires;
    }

    private void cut(Wire wire) {
        trace("cut", wire);
        simulation.network.cut(wire.path(), wire.from(), wire.to());
    }

    private void join(Wire wire) {
        trace("whole again", wire);
        simulation.network.join(wire.path(), wire.from(), wire.to());
    }

    private void trace(String what, Wire wire) {
        if (simulation.isTracing()) {
            simulation.trace(what + ": path " + wire.path() + ", v" + wire.from() + " -> v" + wire.to());
        }
    }
}
