// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.api.v1alpha1.FailoverReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    @Test
    void forgetsFirstStartsAtTheFirstTakeoverAndNoTakeoverAtALaterOne() {
        History.Entry entry = History.Entry.EMPTY.withStart(9000, false).withStart(8000, false);
        assertEquals(List.of(9000L, 8000L), entry.startMillis());
        entry = entry.withStart(700, true);
        assertEquals(List.of(700L), entry.startMillis());
        entry = entry.withFailover(report()).withStart(800, true);
        assertEquals(List.of(700L, 800L), entry.startMillis());
        entry = entry.withStart(900, false);
        assertEquals(List.of(700L, 800L, 900L), entry.startMillis());
    }

    @Test
    void keepsTheLastTenStarts() {
        History.Entry entry = History.Entry.EMPTY;
        for (int i = 1; i <= 12; i++) {
            entry = entry.withStart(i, false);
        }
        assertEquals(List.of(3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L), entry.startMillis());
    }

    private static FailoverReport report() {
        return new FailoverReport("5.1", "Takeover", "server2", "server1", "NodeLost", "", "", List.of(), 1L, 2L);
    }
}
