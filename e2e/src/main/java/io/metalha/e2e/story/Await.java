// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, never longer than its bound, and says at the end what was seen instead. */
public final class Await {
    private static final long POLL_NANOS = Duration.ofMillis(200).toNanos();

    private Await() {}

    /** A look at the world: empty when it is as wished, else what was seen. */
    public interface Look {
        Optional<String> look() throws Exception;
    }

    /** The condition did not come true. */
    static final class TimeoutException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TimeoutException(String message) {
            super(message);
        }
    }

    public static void until(Duration bound, String what, Look look) {
        long end = System.nanoTime() + bound.toNanos();
        while (true) {
            Optional<String> seen = once(look);
            if (seen.isEmpty()) {
                return;
            }
            if (System.nanoTime() - end >= 0) {
                throw new TimeoutException(
                        "%s did not happen within %d s; seen: %s".formatted(what, bound.toSeconds(), seen.get()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** The opposite: what must stay so for the whole time. */
    static void staysFor(Duration time, String what, Look look) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Optional<String> seen = once(look);
            if (seen.isPresent()) {
                throw new TimeoutException("%s did not stay so; seen: %s".formatted(what, seen.get()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** While the API server is away, reading fails: that is a thing seen, not the end of the wait. */
    private static Optional<String> once(Look look) {
        try {
            return look.look();
        } catch (Exception e) {
            return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
