// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.None;
import io.metalha.e2e.client.Answer.Service;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaleReadsTest {
    private static final List<Answer> WRITES =
            List.of(write(0, 10, 1), write(20, 30, 2), lost(40, 90), write(100, 110, 4));

    @Test
    void aReadBesideAWriteMayShowItOrNot() {
        assertEquals(List.of(), with(read(25, 35, 1), read(26, 36, 2)));
    }

    @Test
    void aWriteWithoutAnAnswerMayHaveHappened() {
        assertEquals(List.of(), with(read(50, 55, 2), read(60, 65, 3), read(95, 99, 3)));
    }

    @Test
    void anAcknowledgedRowIsSeenByEachLaterRead() {
        assertEquals(
                List.of("server2 read row 1, when row 2 was acknowledged and 2 had been begun"), with(read(31, 35, 1)));
    }

    /** InnoDB shows a commit before it is durable. */
    @Test
    void whatWasReadBeforeItWasAcknowledgedMayBeGone() {
        assertEquals(List.of(), with(read(50, 55, 3), read(95, 99, 2)));
    }

    @Test
    void nothingIsReadBeforeItWasWritten() {
        assertEquals(
                List.of("server2 read row 9, when row 2 was acknowledged and 3 had been begun"), with(read(50, 55, 9)));
    }

    private static List<String> with(Answer... reads) {
        var all = new java.util.ArrayList<>(WRITES);
        all.addAll(List.of(reads));
        return StaleReads.of(all);
    }

    private static Answer write(long start, long end, long id) {
        return new Answer(Service.SQL, start, end, new Good(id, "server1"));
    }

    private static Answer lost(long start, long end) {
        return new Answer(Service.SQL, start, end, new None("timed out"));
    }

    private static Answer read(long start, long end, long id) {
        return new Answer(Service.READ, start, end, new Good(id, "server2"));
    }
}
