// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.Arrays;

/** Loses, doubles, delays, reorders; each direction of each pair can be cut. */
final class SimulatedNetwork {
    private final Simulation simulation;
    private final boolean[][] cut;
    private double loss;
    private double duplication;
    private double straggling;

    SimulatedNetwork(Simulation simulation, int hosts) {
        this.simulation = simulation;
        this.cut = new boolean[hosts + 1][hosts + 1];
    }

    void cut(int from, int to) {
        cut[from][to] = true;
    }

    void heal() {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
    }

    /**
     * @param losing     share of packets lost
     * @param doubling   share sent twice
     * @param straggling share that comes up to two seconds late, also over a cut that began meanwhile
     */
    void weather(double losing, double doubling, double straggling) {
        this.loss = losing;
        this.duplication = doubling;
        this.straggling = straggling;
    }

    void send(SimulatedHost from, SimulatedHost to, SimulatedPacket packet) {
        if (cut[from.number()][to.number()] || simulation.chance(loss)) {
            return;
        }
        deliver(from, to, packet);
        if (simulation.chance(duplication)) {
            deliver(from, to, packet);
        }
    }

    private void deliver(SimulatedHost from, SimulatedHost to, SimulatedPacket packet) {
        long delay = 100_000 + simulation.random(400_000);
        if (simulation.chance(straggling)) {
            delay += simulation.random(2_000 * Simulation.MILLI);
        }
        Lane lane = packet.body() instanceof SimulatedPacket.Mirror ? to.mirrorLane() : to.keeperLane();
        simulation.atAnyLife(simulation.now() + delay, lane, () -> to.receive(from, packet));
    }
}
