// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import static io.metalha.node.agent.known.Scene.SERVER1;
import static io.metalha.node.agent.known.Scene.SERVER2;
import static io.metalha.node.agent.known.Scene.at;
import static io.metalha.node.agent.known.Scene.news;
import static io.metalha.node.agent.known.Scene.own;
import static io.metalha.node.agent.known.Scene.policy;
import static io.metalha.node.agent.known.Scene.server2;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.group.Phase;
import io.metalha.node.placement.Decision;
import io.metalha.node.placement.Situation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionJournalTest {
    private final DecisionJournal journal = new DecisionJournal();
    private final Situation situation = new Known(SERVER1, at(0))
            .situation(
                    policy(SERVER1, SERVER2),
                    own(new Phase.Standby()),
                    server2(false, true, at(1), news(GroupNews.Is.RUNNING)),
                    Duration.ZERO,
                    at(30));

    @Test
    void keepsWhatWasSeenInALineANode() {
        journal.add(new Decision.Stay("a", List.of("b")), situation, at(30));
        assertEquals(
                List.of(
                        "held by nobody, last by nobody, known for 30 s",
                        "server1 is heard, its agent is well, standing by, its copy is good, clients reach it",
                        "server2 is not heard any more, its agent tells nothing, not standing by, its copy is good,"
                                + " clients reach it"),
                journal.entries().getFirst().seen());
    }

    @Test
    void countsADecisionThatIsMadeAgain() {
        journal.add(new Decision.Stay("a", List.of()), situation, at(30));
        journal.add(new Decision.Stay("a", List.of()), situation, at(31));
        journal.add(new Decision.Stay("a", List.of("server2 is gone")), situation, at(32));
        assertEquals(2, journal.entries().size(), "another view of the alternatives is another decision");
        var first = journal.entries().getFirst();
        assertEquals(2, first.times());
        assertEquals(at(30), first.first());
        assertEquals(at(31), first.last());
    }

    @Test
    void forgetsTheOldestPastItsBound() {
        for (int i = 0; i < DecisionJournal.KEPT + 3; i++) {
            journal.add(new Decision.Stay("reason " + i, List.of()), situation, at(i));
        }
        assertEquals(DecisionJournal.KEPT, journal.entries().size());
        assertEquals("reason 3", journal.entries().getFirst().decision().why());
    }
}
