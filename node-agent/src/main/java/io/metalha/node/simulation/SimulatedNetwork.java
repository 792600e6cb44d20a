// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.Arrays;

/**
 * One or two heartbeat paths. Loses, doubles, delays, reorders; each direction of each pair can be cut on each path. Cuts are
 * counted: what two faults cut is whole when both are over. The mirrors use the first path that is whole.
 */
final class SimulatedNetwork {
    private final Simulation simulation;
    private final int paths;
    private final int[][][] cuts;
    private final long[] staleUntil;
    private double loss;
    private double duplication;
    private double straggling;
    private long delay;

    SimulatedNetwork(Simulation simulation, int hosts, int paths) {
        this.simulation = simulation;
        this.paths = paths;
        this.cuts = new int[paths][hosts + 1][hosts + 1];
        this.staleUntil = new long[hosts + 1];
    }

    int paths() {
        return paths;
    }

    void cut(int path, int from, int to) {
        cuts[path][from][to]++;
    }

    void join(int path, int from, int to) {
        cuts[path][from][to]--;
    }

    void heal() {
        for (int[][] path : cuts) {
            for (int[] row : path) {
                Arrays.fill(row, 0);
            }
        }
        Arrays.fill(staleUntil, 0);
        loss = 0;
        duplication = 0;
        straggling = 0;
        delay = 0;
    }

    /** Share of packets lost. */
    void loss(double share) {
        loss = share;
    }

    void duplication(double share) {
        duplication = share;
    }

    /** Share of packets that come up to two seconds late. */
    void reordering(double share) {
        straggling = share;
    }

    /** Added to each packet's way, at most. */
    void delay(long nanos) {
        delay = nanos;
    }

    /** What this host says is said again, up to 30 s later. */
    void repeat(int host, long until) {
        staleUntil[host] = until;
    }

    void send(SimulatedHost from, SimulatedHost to, SimulatedPacket packet) {
        boolean mirrors = packet.body() instanceof SimulatedPacket.Mirror;
        Lane lane = mirrors ? to.mirrorLane() : to.keeperLane();
        for (int path = 0; path < paths; path++) {
            if (cuts[path][from.number()][to.number()] == 0) {
                carry(from, to, lane, packet);
                if (mirrors) {
                    return;
                }
            }
        }
    }

    private void carry(SimulatedHost from, SimulatedHost to, Lane lane, SimulatedPacket packet) {
        if (loss > 0 && simulation.chance(loss)) {
            simulation.struck(FaultKind.LOSS);
            return;
        }
        deliver(from, to, lane, packet);
        if (duplication > 0 && simulation.chance(duplication)) {
            simulation.struck(FaultKind.DUPLICATION);
            deliver(from, to, lane, packet);
        }
        if (staleUntil[from.number()] > simulation.now() && packet.body() instanceof SimulatedPacket.Lease) {
            simulation.struck(FaultKind.STALE_ANSWERS);
            long late = simulation.random(30_000 * Simulation.MILLI);
            simulation.atAnyLife(simulation.now() + late, lane, () -> to.receive(from, packet));
        }
    }

    private void deliver(SimulatedHost from, SimulatedHost to, Lane lane, SimulatedPacket packet) {
        long takes = 100_000 + simulation.random(400_000);
        if (delay > 0) {
            simulation.struck(FaultKind.DELAY);
            takes += simulation.random(delay);
        }
        if (straggling > 0 && simulation.chance(straggling)) {
            simulation.struck(FaultKind.REORDERING);
            takes += simulation.random(2_000 * Simulation.MILLI);
        }
        simulation.atAnyLife(simulation.now() + takes, lane, () -> to.receive(from, packet));
    }
}
