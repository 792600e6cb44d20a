// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EarlyProbeTest {
    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    private final List<CompletableFuture<DuplicateProbe.Answer>> begun = new ArrayList<>();
    private long now = -5;
    private final EarlyProbe probe = new EarlyProbe(() -> now, () -> {
        begun.add(new CompletableFuture<>());
        return begun.getLast();
    });

    @Test
    void servesOneStartWithinTwoSeconds() {
        probe.begin();
        now += FRESH_NANOS - 1;
        assertSame(begun.getFirst(), probe.take().orElseThrow());
        assertEquals(Optional.empty(), probe.take(), "the next start asks for itself");
    }

    @Test
    void servesNoStartAfterTwoSeconds() {
        probe.begin();
        now += FRESH_NANOS;
        assertEquals(Optional.empty(), probe.take());
    }

    @Test
    void isBegunAgainOnlyWhenItIsStale() {
        probe.begin();
        now += FRESH_NANOS - 1;
        probe.begin();
        assertEquals(1, begun.size());
        now++;
        probe.begin();
        assertEquals(2, begun.size());
        now += FRESH_NANOS - 1;
        assertSame(begun.getLast(), probe.take().orElseThrow(), "its age counts from its own beginning");
    }

    @Test
    void isNotKeptOverAStop() {
        probe.begin();
        probe.forget();
        assertEquals(Optional.empty(), probe.take());
    }
}
