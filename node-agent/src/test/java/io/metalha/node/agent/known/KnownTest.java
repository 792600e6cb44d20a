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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Effect;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.placement.Decision;
import io.metalha.node.placement.Placement;
import io.metalha.node.placement.Situation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownTest {
    private static final Own STANDBY = own(new Phase.Standby());
    private static final Own RUNNING = own(new Phase.Running(new Epoch(3, 1), at(1)));

    private final Known known = new Known(SERVER1, at(100));

    /** server1 stands second in the list: at a cold start it waits for server2. */
    @Test
    void takesOverWithoutTheColdStartsWaitFromAPeerThatSaidThatTheGroupRunsThere() {
        Situation running = turn(server2(true, true, at(100), news(GroupNews.Is.RUNNING)), at(110));
        assertEquals(Optional.of(SERVER2), running.holder());
        Situation gone = turn(server2(false, true, at(111), news(GroupNews.Is.RUNNING)), at(111));
        assertEquals(Optional.empty(), gone.holder(), "what a dead peer said last holds nothing");
        assertEquals(Optional.of(SERVER2), gone.lastOwner());
        assertInstanceOf(Decision.Try.class, Placement.decide(policy(SERVER2, SERVER1), gone));
    }

    @Test
    void waitsAtAColdStartForTheEarlierNode() {
        Situation cold = turn(server2(false, false, at(100), news(GroupNews.Is.UNKNOWN)), at(111));
        assertInstanceOf(Decision.Wait.class, Placement.decide(policy(SERVER2, SERVER1), cold));
    }

    @Test
    void believesItsOwnLeaseRatherThanWhatAnotherTells() {
        known.granted(new Epoch(3, 1));
        Others other = server2(true, true, at(100), news(GroupNews.Is.RUNNING));
        known.hear(policy(SERVER1, SERVER2), RUNNING, other);
        Situation s = known.situation(policy(SERVER1, SERVER2), RUNNING, other, Duration.ZERO, at(110));
        assertEquals(Optional.of(SERVER1), s.holder());
        assertEquals(Optional.of(SERVER1), s.lastOwner());
    }

    @Test
    void leavesTheGroupToOthersAfterItGaveItUpUntilOneHasIt() {
        known.leaves(new Leave(Leave.Kind.FAILOVER, "", "it died"), Duration.ofHours(1), at(110));
        known.follow(new Effect.Left(new Epoch(3, 1), leave(Leave.Kind.FAILOVER, ""), Duration.ZERO), at(111));
        assertTrue(situation(at(112)).cooling());
        assertFalse(situation(at(120)).cooling(), "cooling ends");
        assertTrue(known.failedHere(at(120)), "a failure here counts on");
        known.granted(Optional.of(SERVER2), Optional.of(new Epoch(4, 2)));
        assertFalse(situation(at(112)).cooling(), "another has it");
        assertEquals(new Epoch(4, 2), known.highest());
    }

    @Test
    void doesNotHoldItselfBackWhenItHeardWhoHasItBeforeItsOwnReleaseWasAnswered() {
        known.granted(new Epoch(3, 1));
        known.leaves(leave(Leave.Kind.FAILBACK, "server2"), Duration.ofHours(1), at(110));
        known.granted(Optional.of(SERVER2), Optional.of(new Epoch(4, 2)));
        known.follow(new Effect.Left(new Epoch(3, 1), leave(Leave.Kind.FAILBACK, "server2"), Duration.ZERO), at(111));
        assertFalse(situation(at(112)).cooling());
        assertEquals(Optional.of(SERVER2), known.holder());
    }

    @Test
    void tellsWhyItLeftAlsoWhenItKnowsWhoHasIt() {
        known.leaves(leave(Leave.Kind.MOVE, "server2"), Duration.ofHours(1), at(110));
        known.follow(new Effect.Left(new Epoch(3, 1), leave(Leave.Kind.MOVE, "server2"), Duration.ZERO), at(111));
        known.granted(Optional.of(SERVER2), Optional.of(new Epoch(4, 2)));
        GroupNews told = told(STANDBY);
        assertEquals(GroupNews.MoveKind.MOVE, told.move(), "the taker may look only now");
        assertEquals(0, told.moveTo(), "nobody else holds back for it");
    }

    @Test
    void aPersonsStartForgivesFailures() {
        known.leaves(leave(Leave.Kind.FAILOVER, ""), Duration.ofHours(1), at(110));
        known.forgive();
        assertFalse(known.failedHere(at(111)));
        assertFalse(situation(at(111)).cooling());
    }

    @Test
    void tellsAMoveAndItsTargetUntilTheGroupRunsAgain() {
        known.leaves(leave(Leave.Kind.FAILBACK, "server2"), Duration.ofHours(1), at(110));
        GroupNews told = told(own(new Phase.Stopping(new Epoch(3, 1), at(110), leave(Leave.Kind.FAILBACK, "server2"))));
        assertEquals(GroupNews.MoveKind.FAILBACK, told.move());
        assertEquals(2, told.moveTo());
        assertEquals(GroupNews.Is.STOPPING, told.is());
        assertEquals(Optional.of(SERVER2), situation(at(111)).moveTo());
        known.follow(
                new Effect.Started(
                        new Epoch(5, 1),
                        CausesTest.cause(Optional.empty(), new Others(List.of())),
                        at(112),
                        Duration.ZERO,
                        Map.of()),
                at(112));
        assertEquals(GroupNews.MoveKind.NONE, told(RUNNING).move());
        assertEquals(0, told(RUNNING).moveTo());
    }

    @Test
    void aLeaseThatAnotherHoldsIsNoHindrance() {
        assertTrue(known.refused("Held by voter 2"));
        assertFalse(known.refused("Held by voter 2"), "nothing new");
        assertEquals("", known.hindrance());
        assertTrue(known.refused("NoMajority"));
        assertEquals("NoMajority", known.hindrance());
        known.granted(Optional.of(SERVER2), Optional.empty());
        assertEquals("", known.keeperSays());
    }

    @Test
    void distrustsAPeersCopyWhileOwnCopyIsInUseWithoutIt() {
        Own alone = new Own(SERVER1, RUNNING.phase(), true, false, true, 0, false);
        Others other = server2(true, true, at(100), news(GroupNews.Is.STANDBY));
        Situation s = known.situation(policy(SERVER1, SERVER2), alone, other, Duration.ZERO, at(110));
        assertEquals(Optional.empty(), Placement.next(policy(SERVER1, SERVER2), s));
    }

    private Situation turn(Others others, MonotonicTime now) {
        known.hear(policy(SERVER2, SERVER1), STANDBY, others);
        return known.situation(policy(SERVER2, SERVER1), STANDBY, others, Duration.ofMillis(800), now);
    }

    private Situation situation(MonotonicTime now) {
        Others nobody = new Others(List.of());
        return known.situation(policy(SERVER1, SERVER2), STANDBY, nobody, Duration.ZERO, now);
    }

    private GroupNews told(Own own) {
        return known.news(Scene.GROUP.key(), own, 0, Duration.ZERO, KnownTest::number, at(111));
    }

    private static int number(NodeId node) {
        return node.equals(SERVER2) ? 2 : 1;
    }

    private static Leave leave(Leave.Kind kind, String target) {
        return new Leave(kind, target, "for the test");
    }
}
