// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.time.Duration;

/**
 * The timers of one mirror.
 *
 * @param grace       how long a waiting write waits for a lost peer that is not known dead
 * @param recordRetry after which an unanswered record request is made again
 * @param flapsMax    losses within {@code flapsWithin} after which resync waits for {@code flapsWithin}
 */
public record MirrorTiming(Duration grace, Duration recordRetry, int flapsMax, Duration flapsWithin) {
    public static final MirrorTiming NORMAL =
            new MirrorTiming(Duration.ofSeconds(2), Duration.ofMillis(500), 3, Duration.ofMinutes(1));

    public MirrorTiming {
        if (grace.isNegative() || recordRetry.toMillis() < 1 || flapsMax < 1) {
            throw new IllegalArgumentException("mirror timing contradicts itself");
        }
    }
}
