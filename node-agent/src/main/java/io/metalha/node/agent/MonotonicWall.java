// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.linux.MonotonicClock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Shows monotonic readings as wall-clock time, for people. One reference a life: what is shown once stays the same. */
final class MonotonicWall {
    private final MonotonicTime monotonic;
    private final Instant wall;

    MonotonicWall(MonotonicClock clock, InstantSource source) {
        monotonic = clock.now();
        wall = source.instant();
    }

    String text(MonotonicTime time) {
        return text(wall.plus(time.since(monotonic)));
    }

    static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
