// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.LeaseWitnessSpec;
import io.metalha.api.v1alpha1.MetalClusterSpec.Timers;
import io.metalha.api.v1alpha1.MetalClusterStatus.FailoverBound;
import io.metalha.api.v1alpha1.MetalClusterStatus.Timing;
import io.metalha.api.v1alpha1.Profile;
import io.metalha.api.v1alpha1.schema.KubeDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Derives every timer from the profile, and the bound on a failover from the timers. */
final class TimingPlan {
    /** Bound on the difference in rate of two hosts' clocks; quartz is a hundred times better, a slewed clock is not. */
    private static final int DRIFT_PERMILLE = 10;

    private TimingPlan() {}

    static Timing derive(Profile profile, @Nullable Timers own) {
        Timing derived =
                switch (profile) {
                    case FAST -> timing(20, 100, 200, 30, 5_000);
                    case NORMAL -> timing(100, 500, 800, 60, 10_000);
                    case SAFE -> timing(250, 1_500, 3_000, 150, 20_000);
                    case WAN -> timing(500, 3_000, 6_000, 300, 30_000);
                };
        return own == null
                ? derived
                : new Timing(
                        either(own.heartbeat(), derived.heartbeat()),
                        either(own.peerTimeout(), derived.peerTimeout()),
                        either(own.lease(), derived.lease()),
                        either(own.stopMargin(), derived.stopMargin()),
                        either(own.agentDeadline(), derived.agentDeadline()),
                        DRIFT_PERMILLE);
    }

    /** The relations that a keeper insists on (its own check refuses to start otherwise). */
    static List<Problem> check(Timing timing) {
        var problems = new ArrayList<Problem>();
        if (timing.peerTimeout().compareTo(timing.heartbeat().multipliedBy(3)) < 0) {
            problems.add(new Problem(
                            "TimersContradict",
                            "peerTimeout is %s with a heartbeat of %s: set spec.timers.peerTimeout to at least %s, three heartbeats"
                                    .formatted(
                                            text(timing.peerTimeout()),
                                            text(timing.heartbeat()),
                                            text(timing.heartbeat().multipliedBy(3))))
                    .at("spec.timers.peerTimeout"));
        }
        Duration leaseMin = timing.heartbeat().multipliedBy(4).plus(timing.stopMargin());
        if (timing.lease().compareTo(leaseMin) < 0) {
            problems.add(new Problem(
                            "TimersContradict",
                            "lease is %s: set spec.timers.lease to at least %s, four heartbeats of %s and the stopMargin of %s"
                                    .formatted(
                                            text(timing.lease()),
                                            text(leaseMin),
                                            text(timing.heartbeat()),
                                            text(timing.stopMargin())))
                    .at("spec.timers.lease"));
        }
        return problems;
    }

    /**
     * As {@link #bound(Timing)}, but where a Lease votes its grant is what an owner that was alone a moment before had last, and each
     * of the two rounds is a request through the API server, bounded by a fifth of the grant.
     */
    static FailoverBound bound(Timing timing, @Nullable LeaseWitnessSpec lease) {
        FailoverBound alone = bound(timing);
        if (lease == null) {
            return alone;
        }
        long grant = lease.grant(timing.lease()).toMillis();
        long drift = Math.ceilDiv(grant * timing.driftPermille(), 1000);
        long rounds = 2 * grant / 5;
        long sum = grant + drift + rounds;
        String arithmetic =
                "grant of the Lease %dms + clock drift %d‰ %dms + two requests to it %dms = %dms (%dms while both servers heard each other"
                                .formatted(
                                        grant,
                                        timing.driftPermille(),
                                        drift,
                                        rounds,
                                        sum,
                                        alone.beforeStartMillis() + rounds)
                        + " for a grant's length before); then the group's own start";
        return new FailoverBound(Duration.ofMillis(sum), sum, arithmetic);
    }

    /**
     * From the owner's death to the first resource's start elsewhere: the voters keep the grant for lease × (1 + drift)
     * after the last renewal; two rounds of votes (prepare, accept) then ride on the heartbeats, one each.
     */
    static FailoverBound bound(Timing timing) {
        long lease = timing.lease().toMillis();
        long drift = Math.ceilDiv(lease * timing.driftPermille(), 1000);
        long votes = 2 * timing.heartbeat().toMillis();
        long sum = lease + drift + votes;
        String arithmetic =
                "lease %dms + clock drift %d‰ %dms + two rounds of votes %dms = %dms; then the group's own start"
                        .formatted(lease, timing.driftPermille(), drift, votes, sum);
        return new FailoverBound(Duration.ofMillis(sum), sum, arithmetic);
    }

    private static Timing timing(long heartbeat, long peerTimeout, long lease, long stopMargin, long agentDeadline) {
        return new Timing(
                Duration.ofMillis(heartbeat),
                Duration.ofMillis(peerTimeout),
                Duration.ofMillis(lease),
                Duration.ofMillis(stopMargin),
                Duration.ofMillis(agentDeadline),
                DRIFT_PERMILLE);
    }

    private static Duration either(@Nullable Duration own, Duration derived) {
        return own == null ? derived : own;
    }

    private static String text(Duration duration) {
        return KubeDuration.format(duration);
    }
}
