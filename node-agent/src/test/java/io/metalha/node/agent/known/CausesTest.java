// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import static io.metalha.node.agent.known.Scene.SERVER1;
import static io.metalha.node.agent.known.Scene.SERVER2;
import static io.metalha.node.agent.known.Scene.at;
import static io.metalha.node.agent.known.Scene.news;
import static io.metalha.node.agent.known.Scene.server2;
import static io.metalha.node.agent.known.Scene.server2Leaving;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.core.Timing;
import io.metalha.node.group.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CausesTest {
    private static final Timing TIMING = Timing.normal();
    private static final Duration WAITED = Duration.ofMillis(12);
    private static final MonotonicTime NOW = at(500);

    @Test
    void anOwnerThatWasNeverHeardClaimsNoOutage() {
        Cause cause = cause(Optional.of(SERVER2), new Others(List.of()));
        assertEquals(Cause.Kind.FAILOVER, cause.kind());
        assertEquals(WAITED, cause.waited(), "not the time since this machine began");
        assertEquals(Duration.ZERO, cause.detect());
    }

    @Test
    void aDeadOwnersOutageBeginsAtItsLastHeartbeat() {
        Cause cause = cause(Optional.of(SERVER2), server2(false, true, at(499), news(GroupNews.Is.RUNNING)));
        assertEquals(TIMING.peerTimeout(), cause.detect());
        assertEquals(TIMING.peerTimeout().plus(Duration.ofSeconds(1)), cause.waited());
    }

    @Test
    void aStalledOwnersOutageBeginsAtItsLastRenewal() {
        Cause cause = cause(Optional.of(SERVER2), server2(true, true, at(0), news(GroupNews.Is.RUNNING)));
        assertEquals(TIMING.grantedFor().plus(WAITED), cause.waited());
    }

    @Test
    void anOwnerThatLeftIsCountedFromTheBeginningOfItsStop() {
        for (GroupNews.MoveKind move : GroupNews.MoveKind.values()) {
            Cause cause = cause(Optional.of(SERVER2), server2Leaving(at(498), move));
            assertEquals(Duration.ofSeconds(2), cause.waited());
            Cause.Kind expected =
                    switch (move) {
                        case MOVE -> Cause.Kind.MOVE;
                        case FAILBACK -> Cause.Kind.FAILBACK;
                        case NONE, FAILOVER -> Cause.Kind.FAILOVER;
                    };
            assertEquals(expected, cause.kind());
        }
    }

    @Test
    void aGroupThatNobodyOrThisNodeHadIsStartedNotTakenOver() {
        assertEquals(
                Cause.Kind.FIRST_START,
                cause(Optional.empty(), new Others(List.of())).kind());
        assertEquals(
                Cause.Kind.FIRST_START,
                cause(Optional.of(SERVER1), new Others(List.of())).kind());
    }

    static Cause cause(Optional<NodeId> before, Others others) {
        return Causes.of(SERVER1, before, WAITED, others, TIMING, Duration.ofSeconds(3), NOW);
    }
}
