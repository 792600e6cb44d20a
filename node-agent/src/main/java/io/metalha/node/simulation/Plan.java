// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.EnumSet;
import java.util.Set;

/**
 * What to run. With the code it decides every step.
 *
 * @param seed        decides whatever is not said here: the shape of the cluster, clocks, delays, when faults strike
 * @param quick       some twelve virtual seconds of dense faults, for unit tests; else 2 to 10 virtual minutes
 * @param voters      2, 3 or 5; 0: the seed says
 * @param kinds       faults that may strike
 * @param faultyNanos for how long they do; 0: the seed says
 * @param tracing     whether to remember what happened
 * @param passive     whether one voter more only stores
 * @param changing    whether an operator changes the voter set, and dies amid it
 */
public record Plan(
        long seed,
        boolean quick,
        int voters,
        Set<FaultKind> kinds,
        long faultyNanos,
        boolean tracing,
        boolean passive,
        boolean changing) {
    public Plan {
        kinds = kinds.isEmpty() ? EnumSet.noneOf(FaultKind.class) : EnumSet.copyOf(kinds);
        if (voters != 0 && voters != 2 && voters != 3 && voters != 5) {
            throw new IllegalArgumentException("2, 3 or 5 voters, not " + voters);
        }
    }

    public static Plan quick(long seed) {
        return new Plan(seed, true, 0, EnumSet.allOf(FaultKind.class), 0, false, false, false);
    }

    public static Plan full(long seed) {
        return new Plan(seed, false, 0, EnumSet.allOf(FaultKind.class), 0, false, false, false);
    }

    /** Two servers, seldom four, and a voter that only stores. */
    public Plan withPassiveVoter() {
        return new Plan(seed, quick, voters, kinds, faultyNanos, tracing, true, changing);
    }

    /** Witnesses come and go while the rest happens. */
    public Plan withVoterChanges() {
        return new Plan(seed, quick, voters, kinds, faultyNanos, tracing, passive, true);
    }

    public Plan traced() {
        return new Plan(seed, quick, voters, kinds, faultyNanos, true, passive, changing);
    }

    public Plan ofVoters(int count) {
        return new Plan(seed, quick, count, kinds, faultyNanos, tracing, passive, changing);
    }

    public Plan only(Set<FaultKind> some) {
        return new Plan(seed, quick, voters, some, faultyNanos, tracing, passive, changing);
    }

    public Plan until(long nanos) {
        return new Plan(seed, quick, voters, kinds, nanos, tracing, passive, changing);
    }
}
