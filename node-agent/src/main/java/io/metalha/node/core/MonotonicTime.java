// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.time.Duration;

/**
 * A reading of one host's CLOCK_MONOTONIC_RAW, in nanoseconds; keeper, mirror and agent of a host read the same clock
 * (safety rule 4). Readings of different hosts, or of different boots, must never be compared.
 */
public record MonotonicTime(long nanos) implements Comparable<MonotonicTime> {
    public static final MonotonicTime ZERO = new MonotonicTime(0);

    public MonotonicTime plus(Duration duration) {
        return new MonotonicTime(Math.addExact(nanos, duration.toNanos()));
    }

    public MonotonicTime minus(Duration duration) {
        return new MonotonicTime(Math.subtractExact(nanos, duration.toNanos()));
    }

    /** How long after {@code earlier} this is; negative when it is before. */
    public Duration since(MonotonicTime earlier) {
        return Duration.ofNanos(Math.subtractExact(nanos, earlier.nanos));
    }

    public boolean isBefore(MonotonicTime other) {
        return nanos < other.nanos;
    }

    public boolean isAtOrAfter(MonotonicTime other) {
        return nanos >= other.nanos;
    }

    public static MonotonicTime later(MonotonicTime a, MonotonicTime b) {
        return a.isBefore(b) ? b : a;
    }

    public static MonotonicTime earlier(MonotonicTime a, MonotonicTime b) {
        return a.isBefore(b) ? a : b;
    }

    @Override
    public int compareTo(MonotonicTime other) {
        return Long.compare(nanos, other.nanos);
    }
}
