// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartTimesTest {
    private static final Duration ALLOWED = Duration.ofMinutes(5);

    @Test
    void boundIsHalfAsMuchAgainAsTheLargestOfTheLastTen() {
        var times = new StartTimes(List.of(Duration.ofSeconds(9)));
        for (int i = 0; i < StartTimes.KEPT; i++) {
            times = times.with(Duration.ofMillis(100 + i));
        }
        assertEquals(Duration.ofMillis(163).plusNanos(500_000), times.startBound());
    }

    @Test
    void startOfTheSlowerServerBindsBothAndWithoutAnyMeasureWhatIsAllowed() {
        Duration here = Duration.ofMillis(200);
        Duration there = Duration.ofMillis(900);
        assertEquals(there, StartTimes.startBound(here, there, ALLOWED));
        assertEquals(here, StartTimes.startBound(here, Duration.ZERO, ALLOWED));
        assertEquals(ALLOWED, StartTimes.startBound(Duration.ZERO, Duration.ZERO, ALLOWED));
    }
}
