// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.linux.MonotonicClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A duplicate probe that begins before the start it is for; its answer is as good as one that is asked for at the start, for a
 * moment. Story, with one that is kept for longer: (1) another node is gone, the probe finds the address free, and the lease goes to a
 * third. (2) A minute later the group comes here, and somebody has given the address to a printer. (3) Two machines have it.
 * Not for several threads at once.
 */
final class EarlyProbe {
    /** As long as the mount that a probe runs beside may take, and the rest of a lease of profile Normal. */
    static final Duration FRESH = Duration.ofSeconds(2);

    private final MonotonicClock clock;
    private final Supplier<CompletableFuture<DuplicateProbe.Answer>> ask;
    private @Nullable Asked asked;

    private record Asked(CompletableFuture<DuplicateProbe.Answer> answer, MonotonicTime since) {}

    /** @param ask begins a probe and returns at once */
    EarlyProbe(MonotonicClock clock, Supplier<CompletableFuture<DuplicateProbe.Answer>> ask) {
        this.clock = clock;
        this.ask = ask;
    }

    /** Begins one, unless one that is fresh still is under way or answered. */
    void begin() {
        if (asked == null || !isFresh(asked)) {
            // Read before it is begun: its age is rather counted too high.
            MonotonicTime now = clock.now();
            asked = new Asked(ask.get(), now);
        }
    }

    /** The one to go by, if it is fresh; only once. */
    Optional<CompletableFuture<DuplicateProbe.Answer>> take() {
        Asked taken = asked;
        asked = null;
        return taken != null && isFresh(taken) ? Optional.of(taken.answer()) : Optional.empty();
    }

    void forget() {
        asked = null;
    }

    private boolean isFresh(Asked probe) {
        return clock.now().since(probe.since()).compareTo(FRESH) < 0;
    }
}
