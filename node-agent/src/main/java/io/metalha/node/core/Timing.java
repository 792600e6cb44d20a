// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.time.Duration;

/**
 * The timers of one cluster, derived from its profile. The relations are checked here once.
 *
 * @param heartbeat     between two heartbeats to one peer on one path; renewals ride on them
 * @param peerTimeout   a path from which nothing came for this long is down; at least three heartbeats
 * @param lease         what a voter grants; counted by the holder from the send time of the request that was answered
 * @param stopMargin    a holder's effects end this long before its lease does: kernel timer slack and the steps
 *                      between looking at the clock and acting on it
 * @param agentDeadline an agent that did not check in with its keeper for this long counts as failed
 * @param driftPermille bound on the difference in rate of two hosts' clocks, in thousandths
 */
public record Timing(
        Duration heartbeat,
        Duration peerTimeout,
        Duration lease,
        Duration stopMargin,
        Duration agentDeadline,
        int driftPermille) {
    public Timing {
        if (heartbeat.isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException("heartbeat must be longer than 0");
        }
        if (peerTimeout.compareTo(heartbeat.multipliedBy(3)) < 0) {
            throw new IllegalArgumentException("peerTimeout must be at least 3 heartbeats");
        }
        if (lease.minus(stopMargin).compareTo(heartbeat.multipliedBy(4)) < 0) {
            throw new IllegalArgumentException("lease less stopMargin must be at least 4 heartbeats");
        }
        if (driftPermille < 0 || driftPermille > 100) {
            throw new IllegalArgumentException("driftPermille must be 0..100");
        }
    }

    /** The default profile. */
    public static Timing normal() {
        return new Timing(
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofMillis(800),
                Duration.ofMillis(60),
                Duration.ofSeconds(10),
                10);
    }

    /** How long a voter keeps a grant, by its own clock: the lease and the drift of both clocks. */
    public Duration grantedFor() {
        return lease.plus(lease.multipliedBy(driftPermille).dividedBy(1000));
    }

    /** How long after sending the request that a majority answered the holder may act, by its own clock. */
    public Duration usableFor() {
        return lease.minus(stopMargin);
    }
}
