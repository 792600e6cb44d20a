// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource;

import io.metalha.node.core.Epoch;
import java.time.Duration;
import java.util.Optional;

/**
 * Starts, stops and probes one resource on this host. Idempotent: start of the started and stop of the stopped succeed.
 *
 * <p>Calls block and may be slow; each is made on a virtual thread of its own, and never two at once for one resource.
 * A driver keeps {@code timeout} itself and is interrupted a little after it. Expected failures are outcomes, bugs throw.
 */
public interface ResourceDriver {
    /** Cheap, early work that needs no lease: load what the first start would load. Failures are left to start. */
    default void warmUp() {}

    /**
     * The group's lease has just come, or may come within a moment, for another node is gone: work that need not wait for the start and has
     * no effect (an address is probed for duplicates while the lease runs out and the disk mounts). Any number of times. Returns at once.
     */
    default void expect() {}

    /**
     * The group no longer belongs to this host, or no longer has the resource: undo what {@link #warmUp} left on it. Called
     * on a stopped resource.
     */
    default void forget() {}

    /** Brings the resource up and returns when it serves.
     *
     * @param epoch   the lease under which the resource runs; drivers pass it to whatever can check it
     * @param timeout bound on the whole call
     */
    Outcome start(Epoch epoch, Duration timeout);

    /** Brings the resource down and returns when nothing of it is left.
     *
     * @param hard the lease is gone: nothing may be waited for that the dead-men have not already ended, data that was
     *             not acknowledged is dropped
     */
    Outcome stop(Epoch epoch, boolean hard, Duration timeout);

    /** What is the case on this host now, whoever caused it. Unknown is not Stopped. */
    Probe probe(Duration timeout);

    /**
     * Calls whenever a probe may find something new, so that a death or a pulled cable is met in milliseconds and not at
     * the next look. On a thread of the source: hand over, do not work there. Closing ends it.
     */
    default Watch watch(Runnable changed) {
        return () -> {};
    }

    /** Ends a {@link #watch}. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Something that a person should know although the resource runs: one sentence for status. Any thread; returns at
     * once.
     */
    default Optional<String> warning() {
        return Optional.empty();
    }

    /** How a start or stop went. */
    sealed interface Outcome {
        record Done() implements Outcome {}

        /** It did not work; the reason is one sentence that says what to do next. */
        record Failed(String reason) implements Outcome {}
    }

    /** What a probe or monitor found. */
    sealed interface Probe {
        record Running() implements Probe {}

        record Stopped() implements Probe {}

        record Failed(String reason) implements Probe {}

        record Unknown(String reason) implements Probe {}
    }
}
