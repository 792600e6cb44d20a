// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.None;
import io.metalha.e2e.client.Answer.Service;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutageTest {
    private final List<Answer> answers = new ArrayList<>();

    @Test
    void spansFromTheLastGoodAnswerBeforeToTheFirstAfter() {
        good(0, 20, 40);
        none(200, 400, 600);
        good(940, 960);
        assertEquals(Optional.of(new Outage(ms(40), ms(940))), Outage.longest(answers, ms(60)));
        assertEquals(900, Outage.longest(answers, ms(60)).orElseThrow().millis());
    }

    @Test
    void leavesOutWhatEndedBeforeTheFault() {
        good(0, 800, 820, 840, 1000);
        assertEquals(160, Outage.longest(answers, ms(850)).orElseThrow().millis());
    }

    @Test
    void isUnknownWhileNoGoodAnswerCameAfterwards() {
        good(0, 20);
        none(200);
        assertEquals(Optional.empty(), Outage.longest(answers, ms(30)));
    }

    @Test
    void countsARowAsLostOnlyWhenItWasAcknowledged() {
        var acknowledged = new BitSet();
        acknowledged.set(1, 5);
        var present = new BitSet();
        present.set(1, 4);
        present.set(7);
        assertEquals(new LostRows(4, 1, List.of(4)), LostRows.of(acknowledged, present));
    }

    private void good(long... endMillis) {
        for (long end : endMillis) {
            answers.add(new Answer(Service.SQL, ms(end - 2), ms(end), new Good(end, "server1")));
        }
    }

    private void none(long... endMillis) {
        for (long end : endMillis) {
            answers.add(new Answer(Service.SQL, ms(end - 100), ms(end), new None("timed out")));
        }
    }

    private static long ms(long millis) {
        return millis * 1_000_000;
    }
}
