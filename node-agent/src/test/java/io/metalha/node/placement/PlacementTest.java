// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.placement.PathReport.Carrier;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final NodeId S1 = new NodeId("server1");
    private static final NodeId S2 = new NodeId("server2");
    private static final NodeId W = new NodeId("witness");
    private static final NodeView GOOD = new NodeView(true, true, true, true, true, true, false);
    private static final NodeView DEAD = new NodeView(false, false, true, false, false, true, false);
    private static final NodeView NEVER_SEEN = new NodeView(false, false, false, false, false, true, false);
    private static final Duration SLOT = Duration.ofMillis(800);
    private static final Duration LATER = Duration.ofMinutes(5);

    private final Map<NodeId, NodeView> nodes = new HashMap<>(Map.of(S1, GOOD, S2, GOOD));
    private Policy policy = new Policy(new GroupId("db"), List.of(S1, S2), true, true, Duration.ofSeconds(60), false);
    private Optional<NodeId> holder = Optional.empty();
    private Optional<NodeId> lastOwner = Optional.empty();
    private Optional<NodeId> moveTo = Optional.empty();
    private boolean stopped;
    private boolean cooling;
    private Duration uptime = LATER;

    @Test
    void thePreferredNodeTriesAtOnceAndTheNextASlotLater() {
        assertEquals(Duration.ZERO, tries(S1).delay());
        assertEquals(SLOT, tries(S2).delay());
    }

    @Test
    void theNextNodeStandsReadyWithoutDelayWhileThePreferredOneHolds() {
        holder = Optional.of(S1);
        assertEquals(Duration.ZERO, tries(S2).delay());
    }

    @Test
    void aDeadNodeDelaysNobody() {
        lastOwner = Optional.of(S1);
        nodes.put(S1, DEAD);
        assertEquals(Duration.ZERO, tries(S2).delay());
        assertEquals(List.of("server1 is not heard on any path"), tries(S2).rejected());
    }

    @Test
    void aCopyThatIsNotKnownToBeGoodIsNotTried() {
        nodes.put(S2, new NodeView(true, true, true, true, false, true, false));
        assertTrue(waits(S2).why().contains("up to date"));
    }

    @Test
    void waitsAtAColdStartForANodeThatStandsEarlier() {
        uptime = Duration.ofSeconds(3);
        nodes.put(S1, NEVER_SEEN);
        assertTrue(waits(S2).why().contains("server1"));
        uptime = Placement.START_GRACE;
        tries(S2);
    }

    @Test
    void waitsAtAColdStartForAnEarlierNodeThatIsStillSweeping() {
        uptime = Duration.ofSeconds(3);
        nodes.put(S1, running());
        waits(S2);
    }

    @Test
    void waitsForNobodyWhenTheOwnerWasSeenToDie() {
        uptime = Duration.ofSeconds(3);
        lastOwner = Optional.of(S1);
        nodes.put(S1, DEAD);
        tries(S2);
    }

    @Test
    void failsBackOnlyToAnEarlierNodeThatCanTakeItAndAfterItsDelay() {
        holder = Optional.of(S2);
        nodes.put(S2, running());
        Decision.HandOver over = handsOver(S2);
        assertEquals(Decision.Kind.FAILBACK, over.kind());
        assertEquals(Duration.ofSeconds(60), over.settle());
        nodes.put(S1, new NodeView(true, true, true, true, false, true, false));
        assertInstanceOf(Decision.Stay.class, decide(S2));
    }

    @Test
    void doesNotFailBackWhereItDidNotWorkLately() {
        holder = Optional.of(S2);
        nodes.put(S1, new NodeView(true, true, true, true, true, true, true));
        assertInstanceOf(Decision.Stay.class, decide(S2));
    }

    @Test
    void movesAwayFromADeadNetworkOnlyWhenAnothersIsAlive() {
        holder = Optional.of(S1);
        NodeView cutOff = new NodeView(true, true, true, true, true, false, false);
        nodes.put(S1, cutOff);
        assertEquals(Decision.Kind.UNREACHABLE, handsOver(S1).kind());
        nodes.put(S2, cutOff);
        assertInstanceOf(Decision.Stay.class, decide(S1));
    }

    @Test
    void doesNotFailBackToANodeThatClientsCannotReach() {
        holder = Optional.of(S2);
        nodes.put(S1, new NodeView(true, true, true, true, true, false, false));
        assertInstanceOf(Decision.Stay.class, decide(S2));
    }

    @Test
    void theTargetOfAMoveTriesAtOnceAndOthersLeaveItTime() {
        moveTo = Optional.of(S2);
        lastOwner = Optional.of(S1);
        cooling = false;
        assertEquals(Duration.ZERO, tries(S2).delay());
        assertEquals(Placement.MOVE_GRACE, tries(S1).delay());
    }

    @Test
    void whoGaveItUpJustNowWaits() {
        cooling = true;
        waits(S1);
    }

    @Test
    void aStoppedOrPausedGroupIsNotTriedAndAPausedOneIsNotMoved() {
        stopped = true;
        waits(S1);
        stopped = false;
        policy = new Policy(policy.group(), policy.nodes(), true, true, Duration.ZERO, true);
        waits(S1);
        holder = Optional.of(S2);
        assertInstanceOf(Decision.Stay.class, decide(S2));
    }

    @Test
    void manualFailoverLeavesADeadOwnersGroupToAPerson() {
        policy = new Policy(policy.group(), policy.nodes(), false, false, Duration.ZERO, false);
        lastOwner = Optional.of(S1);
        nodes.put(S1, DEAD);
        assertTrue(waits(S2).why().contains("Manual"));
        nodes.put(S1, GOOD);
        tries(S1);
    }

    @Test
    void triesAsALastResortWhereItFailed() {
        nodes.put(S1, DEAD);
        nodes.put(S2, new NodeView(true, true, true, true, true, true, true));
        assertEquals(Placement.LAST_RESORT, tries(S2).delay());
    }

    @Test
    void aNodeAloneOnANetworkOnWhichOthersHearEachOtherIsCutOff() {
        Map<NodeId, PathReport> reports = Map.of(
                S1, new PathReport(Carrier.UP, Set.of()),
                S2, new PathReport(Carrier.UP, Set.of(W)),
                W, new PathReport(Carrier.UP, Set.of(S2)));
        assertFalse(PathHealth.useful(S1, reports));
        assertTrue(PathHealth.useful(S2, reports));
    }

    @Test
    void twoNodesThatDoNotHearEachOtherCannotTellWhoIsCutUnlessOneHasNoCarrier() {
        Map<NodeId, PathReport> reports = new HashMap<>(
                Map.of(S1, new PathReport(Carrier.UP, Set.of()), S2, new PathReport(Carrier.UP, Set.of())));
        assertTrue(PathHealth.useful(S1, reports));
        reports.put(S1, new PathReport(Carrier.DOWN, Set.of()));
        assertFalse(PathHealth.useful(S1, reports));
        assertTrue(PathHealth.useful(S2, reports));
    }

    private static NodeView running() {
        return new NodeView(true, true, true, false, true, true, false);
    }

    private Decision decide(NodeId self) {
        return Placement.decide(
                policy, new Situation(self, nodes, holder, lastOwner, moveTo, stopped, cooling, uptime, SLOT));
    }

    private Decision.Try tries(NodeId self) {
        return assertInstanceOf(Decision.Try.class, decide(self));
    }

    private Decision.Wait waits(NodeId self) {
        return assertInstanceOf(Decision.Wait.class, decide(self));
    }

    private Decision.HandOver handsOver(NodeId self) {
        return assertInstanceOf(Decision.HandOver.class, decide(self));
    }
}
