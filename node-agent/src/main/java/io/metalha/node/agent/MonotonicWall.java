// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.linux.MonotonicClock;
import java.time.Instant;

/** Shows monotonic readings as wall-clock time, for people. One reference a life: what is shown once stays the same. */
final class MonotonicWall {
    private final MonotonicTime monotonic;
    private final Instant wall;

    MonotonicWall(MonotonicClock clock) {
        monotonic = clock.now();
        wall = Instant.now();
    }

    Instant at(MonotonicTime time) {
        return wall.plus(time.since(monotonic));
    }
}
