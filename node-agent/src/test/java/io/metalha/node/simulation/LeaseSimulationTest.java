// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.lease.LeaseCore;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Clusters of two to five voters through crashes, cuts, stalls, slow disks, drifting clocks and bad weather: never two
 * owners, never a stale copy, never an epoch backwards, and alive again after all has healed.
 *
 * <p>{@code -Dmetalha.seeds=N} runs more of them, {@code -Dmetalha.seed=S} replays one with a trace.
 */
class LeaseSimulationTest {
    private static final long SEEDS = Long.getLong("metalha.seeds", 10_000);

    @Test
    void nothingThatMustNeverHappenHappens() {
        Long only = Long.getLong("metalha.seed");
        if (only != null) {
            new Simulation(only, LeaseCore::new, EnumSet.noneOf(ToySafeguard.class), true).run();
            return;
        }
        var grants = new LongAdder();
        var writes = new LongAdder();
        long began = System.nanoTime();
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            var simulation = new Simulation(seed, LeaseCore::new, EnumSet.noneOf(ToySafeguard.class), false);
            simulation.run();
            grants.add(simulation.grants());
            writes.add(simulation.writes());
        });
        System.out.printf(
                "%d seeds in %.1f s: %d leases granted, %d writes acknowledged%n",
                SEEDS, (System.nanoTime() - began) / 1e9, grants.sum(), writes.sum());
        // A simulator in which nothing happens proves nothing.
        assertTrue(grants.sum() > 3 * SEEDS && writes.sum() > 50 * SEEDS);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (long seed = 0; seed < 5; seed++) {
            assertEquals(traceOf(seed), traceOf(seed));
        }
    }

    private static List<String> traceOf(long seed) {
        var simulation = new Simulation(seed, LeaseCore::new, EnumSet.noneOf(ToySafeguard.class), true);
        simulation.run();
        return simulation.trace();
    }
}
