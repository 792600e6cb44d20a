// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.metalha.node.simulation.FaultKind;
import io.metalha.node.simulation.Plan;
import io.metalha.node.simulation.Simulation;
import io.metalha.node.simulation.SimulationFailure;
import io.metalha.node.simulation.ToySafeguard;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The voter set changes under every kind of fault, by an operator that dies in between; the assertions are those of LeaseSimulationTest.
 * {@code -Dmetalha.seeds=N} runs more quick seeds, {@code -Dmetalha.seed=S} replays one with a trace.
 */
class VoterChangeSimulationTest {
    private static final long SEEDS = Long.getLong("metalha.seeds", 5_000);
    private static final int QUICK_SEEDS_MAX = 10_000;
    private static final int LONG_SEEDS_MAX = 5_000;
    private static final int CHUNK = 100;
    private static final Set<Safeguard> NOTHING = EnumSet.noneOf(Safeguard.class);
    private static final Set<ToySafeguard> NO_TOY = EnumSet.noneOf(ToySafeguard.class);

    @Test
    void nothingThatMustNeverHappenHappens() {
        Long only = Long.getLong("metalha.seed");
        if (only != null) {
            made(Plan.quick(only).withVoterChanges().traced(), NOTHING, NO_TOY).run();
            return;
        }
        var changes = new LongAdder();
        var writes = new LongAdder();
        long began = System.nanoTime();
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            Simulation simulation = made(Plan.quick(seed).withVoterChanges(), NOTHING, NO_TOY);
            simulation.run();
            changes.add(simulation.faults().getOrDefault(FaultKind.VOTER_CHANGE, 0L));
            writes.add(simulation.writes());
        });
        System.out.printf(
                "%d seeds in %.1f s: %d voter changes, %d writes acknowledged%n",
                SEEDS, (System.nanoTime() - began) / 1e9, changes.sum(), writes.sum());
        assertTrue(changes.sum() > SEEDS && writes.sum() > 50 * SEEDS);
    }

    @Test
    void theSimulatorNoticesThatSeveralChangesAreUnderWayAtOnce() {
        assertNoticed(Plan::quick, QUICK_SEEDS_MAX, NOTHING, EnumSet.of(ToySafeguard.ONE_CHANGE_AT_A_TIME));
    }

    @Test
    void theSimulatorNoticesThatTheNumberIsNotLookedAt() {
        assertNoticed(Plan::quick, QUICK_SEEDS_MAX, EnumSet.of(Safeguard.VOTER_SET_NUMBER), NO_TOY);
    }

    /** Two voters have to be taken out while two others lack something: that takes minutes. */
    @Test
    void theSimulatorNoticesThatAChangeIsNotSettled() {
        assertNoticed(Plan::full, LONG_SEEDS_MAX, EnumSet.of(Safeguard.VOTER_SET_SETTLES), NO_TOY);
    }

    private static void assertNoticed(LongFunction<Plan> plans, int most, Set<Safeguard> core, Set<ToySafeguard> toy) {
        for (long from = 0; from < most; from += CHUNK) {
            var noticed = LongStream.range(from, from + CHUNK)
                    .parallel()
                    .mapToObj(seed -> broken(plans.apply(seed), core, toy))
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingLong(Noticed::seed));
            if (noticed.isPresent()) {
                System.out.printf("without %s %s: %s%n", core, toy, noticed.get());
                return;
            }
        }
        fail("nobody noticed in " + most + " seeds that " + core + toy + " is missing");
    }

    private record Noticed(long seed, String broken) {}

    private static Optional<Noticed> broken(Plan plan, Set<Safeguard> core, Set<ToySafeguard> toy) {
        try {
            made(plan.withVoterChanges(), core, toy).run();
            return Optional.empty();
        } catch (SimulationFailure failure) {
            return Optional.of(new Noticed(plan.seed(), failure.broken()));
        }
    }

    private static Simulation made(Plan plan, Set<Safeguard> core, Set<ToySafeguard> toy) {
        return new Simulation(plan, (config, random) -> new LeaseCore(config, random, core), toy);
    }
}
