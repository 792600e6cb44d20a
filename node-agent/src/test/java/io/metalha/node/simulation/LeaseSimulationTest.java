// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.lease.LeaseCore;
import io.metalha.node.simulate.SimulateMain;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Clusters of two to five voters through every kind of fault: never two owners, never a stale copy, never an epoch backwards,
 * and alive again after enough has healed.
 *
 * <p>{@code -Dmetalha.seeds=N} runs more of the quick ones, {@code -Dmetalha.seed=S} replays one with a trace, {@code
 * -Dmetalha.freshSeconds=N} runs the fresh ones for longer.
 */
class LeaseSimulationTest {
    private static final long SEEDS = Long.getLong("metalha.seeds", 10_000);
    private static final Duration FRESH = Duration.ofSeconds(Long.getLong("metalha.freshSeconds", 20));

    @Test
    void nothingThatMustNeverHappenHappens() {
        Long only = Long.getLong("metalha.seed");
        if (only != null) {
            made(Plan.quick(only).traced()).run();
            return;
        }
        var grants = new LongAdder();
        var writes = new LongAdder();
        Set<FaultKind> struck = new ConcurrentSkipListSet<>();
        long began = System.nanoTime();
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            Simulation simulation = made(Plan.quick(seed));
            simulation.run();
            grants.add(simulation.grants());
            writes.add(simulation.writes());
            struck.addAll(simulation.faults().keySet());
        });
        System.out.printf(
                "%d seeds in %.1f s: %d leases granted, %d writes acknowledged%n",
                SEEDS, (System.nanoTime() - began) / 1e9, grants.sum(), writes.sum());
        // A simulator in which nothing happens proves nothing.
        assertTrue(grants.sum() > 3 * SEEDS && writes.sum() > 50 * SEEDS);
        assertEquals(
                Arrays.stream(FaultKind.values())
                        .filter(kind -> !kind.isPassiveVoters() && kind != FaultKind.VOTER_CHANGE)
                        .toList(),
                List.copyOf(struck));
    }

    /** Seeds of minutes that nobody ran before; what is printed says how to run them again. */
    @Test
    void norInFreshSeedsOfVirtualMinutes() throws InterruptedException {
        assertTrue(SimulateMain.fresh(FRESH, System.out), "see the seeds printed above");
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (long seed = 0; seed < 5; seed++) {
            assertEquals(traceOf(seed), traceOf(seed));
        }
    }

    private static List<String> traceOf(long seed) {
        Simulation simulation = made(Plan.quick(seed).traced());
        simulation.run();
        return simulation.trace();
    }

    private static Simulation made(Plan plan) {
        return new Simulation(plan, LeaseCore::new, EnumSet.noneOf(ToySafeguard.class));
    }
}
