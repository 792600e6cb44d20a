// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SuspendClockTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void seesNoSuspensionWhereThereWasNone() {
        var clock = new SuspendClock();
        assertTrue(clock.suspendedNanos() <= 0);
        assertTrue(clock.suspendedNanos() <= 0);
        assertTrue(new SuspendClock(clock.aheadNanos()).suspendedNanos() <= 0);
    }

    /** Another process looked before a suspension of a minute, this one looks first after it. */
    @Test
    void seesASuspensionBetweenTwoProcesses() {
        var before = new SuspendClock();
        before.suspendedNanos();
        long suspended = new SuspendClock(before.aheadNanos() - 60 * SECOND).suspendedNanos();
        assertTrue(suspended > 59 * SECOND && suspended <= 60 * SECOND, () -> "suspended for " + suspended);
    }
}
