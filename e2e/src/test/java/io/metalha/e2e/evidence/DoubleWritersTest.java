// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.e2e.client.Answer;
import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.Service;
import io.metalha.e2e.evidence.Mark.Kind;
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
        String journal = """
                2026-11-23T23:00:00Z raw=1000000 group db: held under epoch 7.1 (was: nobody; waited 12 ms)
                2026-11-23T23:00:00Z raw=1500000 group db: record written, sequence 3
                2026-11-23T23:00:01Z raw=3000000 group db: no longer held, epoch 7.1: Expired
                2026-11-23T23:00:01Z raw=4000000 gro""";
        assertEquals(
                List.of(
                        new Mark("server1", "db", 1_000_000, Kind.BEGIN),
                        new Mark("server1", "db", 3_000_000, Kind.END)),
                OwnerLog.marks("server1", journal));
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

    @Test
    void aKeeperThatStoodStillHeldNoLongerThanItsLease() {
        String journal =
                "2026-11-25T10:00:00Z raw=9000 group iptv-db: no longer held, epoch 1.1: Expired, usable until raw=7000";
        assertEquals(List.of(new Mark("server1", "iptv-db", 7000, Kind.END)), OwnerLog.marks("server1", journal));
    }
}
