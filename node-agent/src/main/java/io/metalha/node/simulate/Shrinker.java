// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulate;

import io.metalha.node.simulation.FaultKind;
import io.metalha.node.simulation.Plan;
import io.metalha.node.simulation.Simulation;
import io.metalha.node.simulation.SimulationFailure;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds less that breaks the same: kinds of fault are left out one at a time, as long as one can be; then faults end earlier.
 * What is left is small, not smallest: each step is tried once for each kind.
 */
final class Shrinker {
    private final Function<Plan, Simulation> made;

    Shrinker(Function<Plan, Simulation> made) {
        this.made = made;
    }

    /** The smaller plan; itself when nothing can be left out. */
    Plan shrink(Plan failing, String broken) {
        Plan smallest = failing;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (FaultKind kind : FaultKind.values()) {
                if (smallest.kinds().contains(kind)) {
                    Set<FaultKind> fewer = EnumSet.copyOf(smallest.kinds());
                    fewer.remove(kind);
                    Plan without = smallest.only(fewer);
                    if (breaks(without, broken).isPresent()) {
                        smallest = without;
                        smaller = true;
                    }
                }
            }
        }
        return shorten(smallest, broken);
    }

    private Plan shorten(Plan plan, String broken) {
        Optional<Long> end = breaks(plan, broken);
        Plan shortest = plan;
        long until = end.orElse(0L);
        for (int attempt = 0; attempt < 8 && until > 1_000_000_000L; attempt++) {
            Plan shorter = shortest.until(until);
            Optional<Long> broke = breaks(shorter, broken);
            if (broke.isPresent()) {
                shortest = shorter;
                until = Math.min(broke.get(), until) * 3 / 4;
            } else {
                until = until * 7 / 6;
            }
        }
        return shortest;
    }

    /** When it breaks so, in virtual time. */
    private Optional<Long> breaks(Plan plan, String broken) {
        Simulation simulation = made.apply(plan);
        try {
            simulation.run();
            return Optional.empty();
        } catch (SimulationFailure failure) {
            return failure.broken().equals(broken) ? Optional.of(simulation.nowNanos()) : Optional.empty();
        }
    }
}
