// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.watchdog;

import static io.metalha.node.watchdog.ResetRule.Act.DISARM;
import static io.metalha.node.watchdog.ResetRule.Act.FEED;
import static io.metalha.node.watchdog.ResetRule.Act.STARVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ResetRuleTest {
    private static final long LOOP = 5_000;
    private static final long STOP = 8_000;
    private static final long NOW = 100_000;

    private final ResetRule rule = new ResetRule(LOOP, STOP);

    @Test
    void isDisarmedWhileNothingIsHeld() {
        assertEquals(DISARM, rule.decide(NOW, false, 0, 0), "not even for a loop that stands still");
    }

    @Test
    void isFedWhileTheLoopTurnsAndStoppingIsInTime() {
        assertEquals(FEED, rule.decide(NOW, true, NOW - LOOP, 0));
        assertEquals(FEED, rule.decide(NOW, true, NOW, NOW - STOP));
    }

    @Test
    void starvesWhenTheLoopStandsStill() {
        assertEquals(STARVE, rule.decide(NOW, true, NOW - LOOP - 1, 0));
        assertTrue(rule.reason().contains("loop"), rule.reason());
    }

    @Test
    void starvesWhenProcessesOutliveTheirLease() {
        assertEquals(STARVE, rule.decide(NOW, true, NOW, NOW - STOP - 1));
        assertTrue(rule.reason().contains("outlived"), rule.reason());
    }

    @Test
    void neverFeedsAgainOnceItStarves() {
        assertEquals(STARVE, rule.decide(NOW, true, NOW, NOW - STOP - 1));
        assertEquals(STARVE, rule.decide(NOW + 1, true, NOW + 1, 0));
        assertEquals(STARVE, rule.decide(NOW + 2, false, NOW + 2, 0));
    }
}
