// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Takes away one safeguard at a time: a simulator that does not notice would prove nothing about the safeguard. */
class SafeguardMutationTest {
    private static final int SEEDS_MAX = Integer.getInteger("metalha.mutationSeeds", 20_000);
    private static final int CHUNK = 100;

    /** Two need a coincidence too rare for chance; GroupVoteTest and LeaseCoreTest take them away by name. */
    @ParameterizedTest
    @EnumSource(
            value = Safeguard.class,
            mode = EXCLUDE,
            names = {"LONGEST_GRANT", "OWN_RECORD_FIRST"})
    void theSimulatorNoticesTheAbsenceOf(Safeguard safeguard) {
        assertNoticed(safeguard, EnumSet.of(safeguard), EnumSet.noneOf(ToySafeguard.class));
    }

    /** No run has been found yet in which the sessions' absence does harm; see docs/safety.md. */
    @ParameterizedTest
    @EnumSource(value = ToySafeguard.class, mode = EXCLUDE, names = "SESSIONS")
    void theSimulatorNoticesTheAbsenceOfTheMirrors(ToySafeguard safeguard) {
        assertNoticed(safeguard, EnumSet.noneOf(Safeguard.class), EnumSet.of(safeguard));
    }

    private static void assertNoticed(Enum<?> safeguard, Set<Safeguard> core, Set<ToySafeguard> toy) {
        for (int from = 0; from < SEEDS_MAX; from += CHUNK) {
            var noticed = IntStream.range(from, from + CHUNK)
                    .parallel()
                    .mapToObj(seed -> run(seed, core, toy))
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingInt(Noticed::seed));
            if (noticed.isPresent()) {
                System.out.printf("without %s: %s%n", safeguard, noticed.get());
                return;
            }
        }
        fail("nobody noticed in " + SEEDS_MAX + " seeds that " + safeguard + " is missing");
    }

    private record Noticed(int seed, String broken) {}

    private static Optional<Noticed> run(int seed, Set<Safeguard> core, Set<ToySafeguard> toy) {
        try {
            new Simulation(Plan.quick(seed), (config, random) -> new LeaseCore(config, random, core), toy).run();
            return Optional.empty();
        } catch (SimulationFailure failure) {
            return Optional.of(new Noticed(seed, failure.broken()));
        }
    }
}
