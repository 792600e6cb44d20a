// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationAnswer.Decided;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    @Test
    void tellsWhatWasSeenTheRuleAndWhatWasRejected() {
        var decided = new Decided(
                "2026-01-01T12:00:00Z",
                "2026-01-01T12:00:09Z",
                3L,
                "Wait: server1 runs it",
                List.of("Try: not free"),
                List.of("group: held by server1", "server1: heard"));
        var answer = new OperationAnswer(
                "server2", "2026-01-01T12:00:10Z", List.of("Wait: server1 runs it"), List.of(decided), 2, null);
        assertEquals("""
                server2 at 2026-01-01T12:00:10Z:
                  Wait: server1 runs it
                  (2 older decisions had no room here: metalha-agent explain on server2 shows them)
                  2026-01-01T12:00:00Z to 2026-01-01T12:00:09Z, 3 times
                    Wait: server1 runs it
                    rejected: Try: not free
                    seen: group: held by server1
                    seen: server1: heard

                """, Explanation.of(answer));
    }

    @Test
    void saysWhoIsSilentAndWhatToDoThen() {
        String text = Explanation.ofSilent(List.of("server1"), "db", "10s");
        assertTrue(text.startsWith("server1 did not answer within 10s"), text);
        assertTrue(text.contains("metalha-agent explain db"), text);
        assertEquals("", Explanation.ofSilent(List.of(), "db", "10s"));
    }
}
