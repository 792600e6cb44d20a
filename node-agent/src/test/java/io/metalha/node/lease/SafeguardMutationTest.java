// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.metalha.node.simulation.Plan;
import io.metalha.node.simulation.Simulation;
import io.metalha.node.simulation.SimulationFailure;
import io.metalha.node.simulation.ToySafeguard;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Takes away one safeguard at a time: a simulator that does not notice would prove nothing about the safeguard. */
class SafeguardMutationTest {
    private static final int SEEDS_MAX = Integer.getInteger("metalha.mutationSeeds", 20_000);
    private static final int LONG_SEEDS_MAX = 3_000;
    private static final int CHUNK = 100;

    /** One of 21 432 fresh seeds of minutes found it; too rare to be looked for each time, so that seed stands here. */
    @Test
    void aKnownSeedNoticesTheAbsenceOfResumedCountsAnew() {
        var noticed = run(
                Plan.full(153_408_603_018_727L),
                EnumSet.of(Safeguard.RESUMED_COUNTS_ANEW),
                EnumSet.noneOf(ToySafeguard.class));
        assertEquals("1 two owners", noticed.orElseThrow().broken());
    }

    @ParameterizedTest
    @EnumSource(
            value = Safeguard.class,
            mode = EXCLUDE,
            names = {"RESUMED_COUNTS_ANEW", "VOTER_SET_NUMBER", "VOTER_SET_SETTLES"})
    void theSimulatorNoticesTheAbsenceOf(Safeguard safeguard) {
        assertNoticed(safeguard, EnumSet.of(safeguard), EnumSet.noneOf(ToySafeguard.class));
    }

    /** ONE_CHANGE_AT_A_TIME is {@link VoterChangeSimulationTest}'s. SESSIONS needs a coincidence too rare to be asserted; see docs/safety.md. */
    @ParameterizedTest
    @EnumSource(
            value = ToySafeguard.class,
            mode = EXCLUDE,
            names = {"SESSIONS", "ONE_CHANGE_AT_A_TIME"})
    void theSimulatorNoticesTheAbsenceOfTheMirrors(ToySafeguard safeguard) {
        assertNoticed(safeguard, EnumSet.noneOf(Safeguard.class), EnumSet.of(safeguard));
    }

    private static void assertNoticed(Enum<?> safeguard, Set<Safeguard> core, Set<ToySafeguard> toy) {
        // What only comes about in minutes.
        boolean quick = safeguard != Safeguard.OWN_RECORD_FIRST;
        int most = quick ? SEEDS_MAX : LONG_SEEDS_MAX;
        for (int from = 0; from < most; from += CHUNK) {
            var noticed = IntStream.range(from, from + CHUNK)
                    .parallel()
                    .mapToObj(seed -> run(quick ? Plan.quick(seed) : Plan.full(seed), core, toy))
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingLong(Noticed::seed));
            if (noticed.isPresent()) {
                System.out.printf("without %s: %s%n", safeguard, noticed.get());
                return;
            }
        }
        fail("nobody noticed in " + most + " seeds that " + safeguard + " is missing");
    }

    private record Noticed(long seed, String broken) {}

    private static Optional<Noticed> run(Plan plan, Set<Safeguard> core, Set<ToySafeguard> toy) {
        try {
            new Simulation(plan, (config, random) -> new LeaseCore(config, random, core), toy).run();
            return Optional.empty();
        } catch (SimulationFailure failure) {
            return Optional.of(new Noticed(plan.seed(), failure.broken()));
        }
    }
}
