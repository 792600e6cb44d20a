// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.metalha.node.lease.LeaseCore;
import io.metalha.node.witness.WitnessSafeguard;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two or four servers and an object that only stores a vote, through every kind of fault of the servers and of the object: the assertions are those of
 * {@link LeaseSimulationTest}.
 *
 * <p>{@code -Dmetalha.seeds=N} runs more of the quick ones, {@code -Dmetalha.longSeeds=N} of the long, {@code -Dmetalha.seed=S} replays a quick one with a
 * trace.
 */
class PassiveVoterSimulationTest {
    private static final long SEEDS = Long.getLong("metalha.seeds", 10_000);
    private static final long LONG_SEEDS = Long.getLong("metalha.longSeeds", 300);
    private static final int MUTATION_SEEDS_MAX = 10_000;
    private static final int CHUNK = 100;

    @Test
    void nothingThatMustNeverHappenHappens() {
        Long only = Long.getLong("metalha.seed");
        if (only != null) {
            made(Plan.quick(only).withPassiveVoter().traced(), Set.of()).run();
            return;
        }
        var writes = new LongAdder();
        var objectWrites = new LongAdder();
        Set<FaultKind> struck = new ConcurrentSkipListSet<>();
        long began = System.nanoTime();
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            Simulation simulation = made(Plan.quick(seed).withPassiveVoter(), Set.of());
            simulation.run();
            writes.add(simulation.writes());
            objectWrites.add(simulation.objectWrites());
            struck.addAll(simulation.faults().keySet());
        });
        System.out.printf(
                "%d seeds in %.1f s: %d writes acknowledged, the object written %d times%n",
                SEEDS, (System.nanoTime() - began) / 1e9, writes.sum(), objectWrites.sum());
        assertTrue(writes.sum() > 50 * SEEDS && objectWrites.sum() > SEEDS);
        Set<FaultKind> ours = EnumSet.allOf(FaultKind.class);
        ours.removeIf(kind -> !kind.isPassiveVoters());
        assertTrue(struck.containsAll(ours), () -> ours + " but " + struck);
    }

    @Test
    void norInSeedsOfVirtualMinutes() {
        LongStream.range(0, LONG_SEEDS).parallel().forEach(seed -> made(
                        Plan.full(seed).withPassiveVoter(), Set.of())
                .run());
    }

    /**
     * Two are too rare here, and PassiveVoterTest has them: REMEMBERS_FIRST is for a restore that only one disk could tell, which the simulation spares;
     * WATCH_WITHOUT_GAP for a race of tenths of a second after a restore, not met in 10 000 quick and 2 500 long seeds.
     */
    @ParameterizedTest
    @EnumSource(
            value = WitnessSafeguard.class,
            mode = EXCLUDE,
            names = {"REMEMBERS_FIRST", "WATCH_WITHOUT_GAP"})
    void theSimulatorNoticesTheAbsenceOf(WitnessSafeguard safeguard) {
        for (int from = 0; from < MUTATION_SEEDS_MAX; from += CHUNK) {
            var noticed = IntStream.range(from, from + CHUNK)
                    .parallel()
                    .mapToObj(seed -> broken(seed, safeguard))
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingLong(Noticed::seed));
            if (noticed.isPresent()) {
                System.out.printf("without %s: %s%n", safeguard, noticed.get());
                return;
            }
        }
        fail("nobody noticed in " + MUTATION_SEEDS_MAX + " seeds that " + safeguard + " is missing");
    }

    private record Noticed(long seed, String broken) {}

    private static Optional<Noticed> broken(long seed, WitnessSafeguard safeguard) {
        try {
            made(Plan.quick(seed).withPassiveVoter(), EnumSet.of(safeguard)).run();
            return Optional.empty();
        } catch (SimulationFailure failure) {
            return Optional.of(new Noticed(seed, failure.broken()));
        }
    }

    private static Simulation made(Plan plan, Set<WitnessSafeguard> missing) {
        return new Simulation(plan, LeaseCore::new, EnumSet.noneOf(ToySafeguard.class), missing);
    }
}
