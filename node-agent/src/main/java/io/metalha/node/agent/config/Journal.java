// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.RawClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One line a decision to stderr, which systemd keeps: monotonic nanoseconds, wall time, what, why. */
public final class Journal {
    private static final MonotonicClock CLOCK = new RawClock();

    private Journal() {}

    public static void say(String what) {
        System.err.println(CLOCK.nanos() + " " + Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + what);
    }
}
