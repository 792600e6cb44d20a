// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulate;

import io.metalha.node.simulation.FaultKind;
import io.metalha.node.simulation.Plan;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The command line.
 *
 * @param first   seed
 * @param last    seed, inclusive
 * @param atMost  of wall-clock time
 * @param trace   print what happens; one seed only
 * @param quick   the short form that the unit test runs
 * @param voters  0: each seed says
 * @param kinds   faults that may strike
 * @param until   virtual time at which faults end; zero: each seed says
 * @param threads how many seeds at once
 * @param passive two servers, seldom four, and a voter that only stores
 * @param changing an operator changes the voter set
 */
record Options(
        long first,
        long last,
        Duration atMost,
        boolean trace,
        boolean quick,
        int voters,
        Set<FaultKind> kinds,
        Duration until,
        int threads,
        boolean passive,
        boolean changing) {

    /** Throws IllegalArgumentException with a sentence. */
    static Options parse(String... arguments) {
        long first = -1;
        long last = -1;
        Duration atMost = Duration.ofDays(365);
        boolean trace = false;
        boolean quick = false;
        int voters = 0;
        boolean passive = false;
        boolean changing = false;
        Set<FaultKind> kinds = EnumSet.allOf(FaultKind.class);
        Duration until = Duration.ZERO;
        int threads = Runtime.getRuntime().availableProcessors();
        for (int at = 0; at < arguments.length; at++) {
            String option = arguments[at];
            switch (option) {
                case "--trace" -> trace = true;
                case "--quick" -> quick = true;
                case "--passive" -> passive = true;
                case "--voter-changes" -> changing = true;
                case "--seeds" -> {
                    String range = value(arguments, ++at);
                    int dots = range.indexOf("..");
                    if (dots < 1) {
                        throw new IllegalArgumentException("--seeds reads A..B, not " + range);
                    }
                    first = number(option, range.substring(0, dots));
                    last = number(option, range.substring(dots + 2));
                }
                case "--seed" -> {
                    first = number(option, value(arguments, ++at));
                    last = first;
                }
                case "--minutes" ->
                    atMost = Duration.ofMillis((long) (60_000 * decimal(option, value(arguments, ++at))));
                case "--until" -> until = Duration.ofMillis((long) (1_000 * decimal(option, value(arguments, ++at))));
                case "--voters" -> voters = (int) number(option, value(arguments, ++at));
                case "--threads" -> threads = (int) number(option, value(arguments, ++at));
                case "--only" -> kinds = kinds(value(arguments, ++at));
                default -> throw new IllegalArgumentException("unknown option " + option + "; --help tells them");
            }
        }
        if (first < 0 && atMost.toDays() > 1) {
            throw new IllegalArgumentException(
                    "say --seeds A..B, --seed S, or --minutes M for that long of fresh seeds");
        }
        if (first < 0) {
            // Short enough to be said and typed again.
            first = ThreadLocalRandom.current().nextLong(1_000_000_000L) * 1_000_000L;
            last = first + 999_999_999L;
        }
        if (passive && changing) {
            throw new IllegalArgumentException("--voter-changes and --passive go apart");
        }
        if (last < first || threads < 1 || (trace && first != last)) {
            throw new IllegalArgumentException(
                    trace ? "--trace is for one seed: --seed S --trace" : "seeds go upwards, threads are 1 or more");
        }
        return new Options(first, last, atMost, trace, quick, voters, kinds, until, threads, passive, changing);
    }

    Plan plan(long seed) {
        Plan plan = (quick ? Plan.quick(seed) : Plan.full(seed))
                .ofVoters(voters)
                .only(kinds)
                .until(until.toNanos());
        plan = passive ? plan.withPassiveVoter() : plan;
        plan = changing ? plan.withVoterChanges() : plan;
        return trace ? plan.traced() : plan;
    }

    private static Set<FaultKind> kinds(String names) {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        if (!names.equals("none")) {
            Arrays.stream(names.split(","))
                    .map(name -> name.toUpperCase(Locale.ROOT))
                    .map(FaultKind::valueOf)
                    .forEach(kinds::add);
        }
        return kinds;
    }

    private static String value(String[] arguments, int at) {
        if (at >= arguments.length) {
            throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
        }
        return arguments[at];
    }

    private static long number(String option, String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + ": " + text + " is no number", e);
        }
    }

    private static double decimal(String option, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + ": " + text + " is no number", e);
        }
    }
}
