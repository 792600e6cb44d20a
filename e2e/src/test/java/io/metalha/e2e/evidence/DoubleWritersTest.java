// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.Service;
import io.metalha.e2e.evidence.Mark.Kind;
import io.metalha.e2e.lab.Journal;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoubleWritersTest {

    @Test
    void findsNothingWhenOneEndsBeforeTheOtherBegins() {
        var spans = Span.of(List.of(begin("server1", 10), end("server1", 50), begin("server2", 51)));
        assertEquals(List.of(), DoubleWriters.overlapping(spans));
    }

    @Test
    void findsTheOverlapOfTwoOwners() {
        var spans = Span.of(List.of(begin("server1", 10), begin("server2", 48), end("server1", 50)));
        assertEquals(List.of("db: server1 and server2 both held it for 2000 us"), DoubleWriters.overlapping(spans));
    }

    @Test
    void takesAnOwnerThatNeverSaidItStoppedForAnOwner() {
        var spans = Span.of(List.of(begin("server1", 10), begin("server2", 48)));
        assertEquals(1, DoubleWriters.overlapping(spans).size());
    }

    @Test
    void continuesTheSpanOfAKeeperThatResumed() {
        var spans = Span.of(List.of(begin("server1", 10), begin("server1", 20), end("server1", 50)));
        assertEquals(List.of(new Span("server1", "db", ms(10), ms(50))), spans);
    }

    @Test
    void findsARowOfAHostThatDidNotHoldTheGroup() {
        var spans = Span.of(List.of(begin("server1", 10), end("server1", 50), begin("server2", 60)));
        var answers = List.of(row(1, 30, "server1"), row(2, 70, "server2"), row(3, 90, "server1"));
        assertEquals(
                List.of("row 3 was acknowledged by server1, which did not hold the group"),
                DoubleWriters.strangers(answers, spans));
    }

    @Test
    void readsTheKeepersWords() {
        var lines = Journal.parse("server1", """
                {"__MONOTONIC_TIMESTAMP":"1000","_SYSTEMD_UNIT":"k","MESSAGE":"granted group=db epoch=7:1"}
                {"__MONOTONIC_TIMESTAMP":"2000","_SYSTEMD_UNIT":"k","MESSAGE":"nothing of interest"}
                {"__MONOTONIC_TIMESTAMP":"3000","_SYSTEMD_UNIT":"k","MESSAGE":"lost group=db epoch=7:1 reason=Expired"}
                {"__MONOTONIC_TI""");
        assertEquals(
                List.of(
                        new Mark("server1", "db", 1_000_000, Kind.BEGIN),
                        new Mark("server1", "db", 3_000_000, Kind.END)),
                OwnerLog.marks(lines));
    }

    private static Mark begin(String node, long millis) {
        return new Mark(node, "db", ms(millis), Kind.BEGIN);
    }

    private static Mark end(String node, long millis) {
        return new Mark(node, "db", ms(millis), Kind.END);
    }

    private static Answer row(long id, long endMillis, String host) {
        return new Answer(Service.SQL, ms(endMillis - 2), ms(endMillis), new Good(id, host));
    }

    private static long ms(long millis) {
        return millis * 1_000_000;
    }
}
