// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReportClockTest {
    private final AtomicLong now = new AtomicLong();
    private final ReportClock clock = new ReportClock(now::get);
    private final Map<String, String> reports = new HashMap<>(Map.of("server1", "a", "server2", "a"));

    @Test
    void whoDoesNotReportForThirtySecondsIsSilent() {
        look(0);
        reports.put("server2", "b");
        look(10);
        assertEquals(Set.of(), look(10));
        assertEquals(Set.of(), look(10));
        assertEquals(Set.of("server1"), look(1));
    }

    /** The cache may lag behind the API server. */
    @Test
    void theApiServerIsAskedBeforeAnybodyCountsAsSilent() {
        look(0);
        look(20);
        Map<String, String> live = Map.of("server1", "b", "server2", "b");
        pass(20);
        assertEquals(Set.of(), clock.silent("uid", reports, () -> new HashMap<>(live)));
    }

    @Test
    void anApiServerThatDoesNotAnswerStartsTheCountAnew() {
        look(0);
        look(20);
        pass(20);
        assertThrows(
                IllegalStateException.class,
                () -> clock.silent("uid", reports, () -> {
                    throw new IllegalStateException("connection refused");
                }));
        assertEquals(Set.of(), look(5));
        assertEquals(Set.of(), look(20));
        assertEquals(Set.of("server1", "server2"), look(20));
    }

    /** An operator that was stopped for a while heard nobody: that is its own silence. */
    @Test
    void aPauseOfOurOwnStartsTheCountAnew() {
        look(0);
        assertEquals(Set.of(), look(300));
    }

    private Set<String> look(long secondsLater) {
        pass(secondsLater);
        return clock.silent("uid", reports, () -> new HashMap<>(reports));
    }

    private void pass(long seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
