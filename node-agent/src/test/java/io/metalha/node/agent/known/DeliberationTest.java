// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import static io.metalha.node.agent.known.Scene.SERVER1;
import static io.metalha.node.agent.known.Scene.SERVER2;
import static io.metalha.node.agent.known.Scene.at;
import static io.metalha.node.agent.known.Scene.news;
import static io.metalha.node.agent.known.Scene.own;
import static io.metalha.node.agent.known.Scene.server2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.placement.Policy;
import io.metalha.node.placement.Situation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeliberationTest {
    private static final Phase RUNNING = new Phase.Running(new Epoch(3, 1), at(10));
    private static final Policy FAILBACK =
            new Policy(Scene.GROUP, List.of(SERVER2, SERVER1), true, true, Duration.ofSeconds(60), false);

    private final Known known = new Known(SERVER1, at(0));
    private final Deliberation deliberation = new Deliberation();

    @Test
    void handsOverOnlyWhatHasBeenTheAnswerForTheSettlingTimeWithoutABreak() {
        decide(GroupNews.Is.STANDBY, at(100));
        assertEquals(Optional.empty(), deliberation.due(RUNNING, at(159)));
        decide(GroupNews.Is.UNKNOWN, at(159));
        decide(GroupNews.Is.STANDBY, at(160));
        assertEquals(Optional.empty(), deliberation.due(RUNNING, at(219)));
        Leave leave = deliberation.due(RUNNING, at(220)).orElseThrow();
        assertEquals(Leave.Kind.FAILBACK, leave.kind());
        assertEquals("server2", leave.target());
        assertEquals(Optional.empty(), deliberation.due(new Phase.Standby(), at(220)), "it does not run");
        assertFalse(deliberation.isAboutToMove(RUNNING), "a minute is not soon");
    }

    @Test
    void saysWhetherItAnswersAsBefore() {
        assertTrue(decide(GroupNews.Is.STANDBY, at(100)));
        assertFalse(decide(GroupNews.Is.STANDBY, at(101)));
        assertTrue(decide(GroupNews.Is.UNKNOWN, at(102)));
    }

    private boolean decide(GroupNews.Is is, MonotonicTime now) {
        Situation s = known.situation(
                FAILBACK, own(RUNNING), server2(true, true, at(0), news(is)), Duration.ofMillis(800), now);
        return deliberation.decide(FAILBACK, s, now);
    }
}
