// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.time.Duration;

/**
 * The timers of one mirror.
 *
 * @param grace       how long every path is tried, while a write waits, for a lost peer that is not known dead
 * @param recordRetry after which an unanswered record request is made again
 * @param flapsMax    so many losses of the link within {@code flapsWithin} make resync wait until the first is that old
 */
public record MirrorTiming(Duration grace, Duration recordRetry, int flapsMax, Duration flapsWithin) {
    public static final MirrorTiming NORMAL =
            new MirrorTiming(Duration.ofSeconds(2), Duration.ofMillis(500), 3, Duration.ofMinutes(1));

    /** Four times what the keepers take to call a node dead: their word, where there is one, comes first. */
    public static MirrorTiming of(Duration peerTimeout) {
        Duration grace = peerTimeout.multipliedBy(4);
        return new MirrorTiming(
                grace.compareTo(NORMAL.grace) > 0 ? grace : NORMAL.grace,
                NORMAL.recordRetry,
                NORMAL.flapsMax,
                NORMAL.flapsWithin);
    }

    public MirrorTiming {
        if (grace.isNegative() || recordRetry.toMillis() < 1 || flapsMax < 1) {
            throw new IllegalArgumentException("mirror timing contradicts itself");
        }
    }
}
