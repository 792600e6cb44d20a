// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static io.metalha.node.lease.DirectCluster.GROUP;
import static io.metalha.node.lease.DirectCluster.MILLI;
import static io.metalha.node.lease.TestVoter.copy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.Timing;
import io.metalha.node.lease.LeaseEffect.Granted;
import io.metalha.node.lease.LeaseEffect.Lost;
import io.metalha.node.lease.LeaseEffect.Recorded;
import io.metalha.node.lease.LeaseEffect.WantRefused;
import io.metalha.node.lease.LeaseEvent.RecordChange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole lives of a lease, without faults other than the one each test names. */
class LeaseCoreTest {
    private final DirectCluster cluster = DirectCluster.ofThree();
    private final DirectCluster.Node one = cluster.node(1);
    private final DirectCluster.Node two = cluster.node(2);

    @Test
    void aFreeGroupIsGrantedWithinTenMilliseconds() {
        one.want(0);
        double took = cluster.runUntil(_ -> one.holds(), 1_000);
        assertTrue(took < 10, () -> took + " ms");
        assertEquals(new Epoch(1, 1), one.seen(Granted.class).getFirst().epoch());
    }

    @Test
    void aHealthyOwnerStaysAndItsRivalIsTold() {
        one.want(0);
        two.want(0);
        cluster.run(20_000);
        assertTrue(one.holds() ^ two.holds());
        var loser = one.holds() ? two : one;
        assertEquals(List.of(), one.seen(Lost.class));
        assertEquals(1, one.seen(Granted.class).size() + two.seen(Granted.class).size());
        List<WantRefused> refused = loser.seen(WantRefused.class);
        assertEquals(RefusedReason.HELD, refused.getLast().reason());
        // On change, and again each 5 s.
        assertTrue(refused.size() >= 3 && refused.size() <= 6, refused::toString);
    }

    @Test
    void aTakeoverComesWithinTwentyMillisecondsOfTheLeasesEnd() {
        one.want(0);
        cluster.run(100);
        two.want(0);
        cluster.run(1_000);
        one.powerOff();
        double took = cluster.runUntil(_ -> two.holds(), 3_000);
        // The last renewal was sent at most 100 ms before, the voters keep it 808 ms.
        assertTrue(took < 808 + 20, () -> took + " ms");
        assertTrue(two.seen(Granted.class).getFirst().epoch().isAbove(new Epoch(1, 1)));
        assertEquals(1, two.seen(Granted.class).getFirst().previousOwner());
    }

    @Test
    void aTakeoverAmong32VotersTakesAsLongAsAmongThree() {
        double three = takeoverAmong(3);
        double many = takeoverAmong(32);
        System.out.printf("takeover after a death: %.1f ms among 3 voters, %.1f ms among 32%n", three, many);
        assertEquals(three, many, 20);
    }

    private static double takeoverAmong(int voters) {
        DirectCluster cluster = DirectCluster.of(voters);
        cluster.node(1).want(0);
        cluster.run(100);
        cluster.node(2).want(0);
        cluster.run(1_000);
        cluster.node(1).powerOff();
        double took = cluster.runUntil(_ -> cluster.node(2).holds(), 3_000);
        assertTrue(cluster.node(2).holds());
        return took;
    }

    @Test
    void aDelayIsCountedFromWhenTheRegisterIsFree() {
        two.want(300);
        double took = cluster.runUntil(_ -> two.holds(), 3_000);
        assertTrue(took >= 300 && took < 320, () -> took + " ms");
    }

    @Test
    void anOwnerThatIsCutOffLosesItsLeaseBeforeTheOtherGetsIt() {
        one.want(0);
        cluster.run(100);
        two.want(0);
        cluster.run(1_000);
        cluster.cutBothWays(1, 2);
        cluster.cutBothWays(1, 3);
        cluster.runUntil(_ -> !one.seen(Lost.class).isEmpty(), 3_000);
        assertFalse(two.holds());
        assertEquals(LostReason.EXPIRED, one.seen(Lost.class).getFirst().reason());
        cluster.runUntil(_ -> two.holds(), 3_000);
        assertTrue(two.holds());
        cluster.run(10_000);
        assertEquals(1, one.seen(Lost.class).size());
        assertEquals(
                RefusedReason.NO_MAJORITY, one.seen(WantRefused.class).getLast().reason());
    }

    @Test
    void aReleaseHandsOverAtOnce() {
        one.want(0);
        cluster.run(100);
        two.want(0);
        cluster.run(1_000);
        one.step(new LeaseEvent.Want(GROUP, false, TestVoter.millis(0), List.of()));
        one.step(new LeaseEvent.Release(7, GROUP, new Epoch(1, 1)));
        assertEquals(List.of(new LeaseEffect.Released(7, GROUP)), one.seen(LeaseEffect.Released.class));
        double took = cluster.runUntil(_ -> two.holds(), 1_000);
        assertTrue(took < 10, () -> took + " ms");
        assertEquals(List.of(), one.seen(Lost.class));
    }

    @Test
    void aConfirmedPowerOffEndsTheLeaseAtOnce() {
        one.want(0);
        cluster.run(100);
        two.want(0);
        cluster.run(1_000);
        one.powerOff();
        cluster.run(50);
        two.step(new LeaseEvent.OwnerDead(GROUP, new Epoch(1, 1)));
        double took = cluster.runUntil(_ -> two.holds(), 1_000);
        assertTrue(took < 10, () -> took + " ms");
    }

    /** The answer is late: the server is back, and has the group again. */
    @Test
    void aConfirmationOfAnEarlierEpochEndsNothing() {
        one.want(0);
        cluster.run(100);
        one.powerOff();
        cluster.run(2_000);
        one.start();
        one.want(0);
        cluster.runUntil(_ -> one.holds(), 5_000);
        two.want(0);
        cluster.run(100);
        two.step(new LeaseEvent.OwnerDead(GROUP, new Epoch(1, 1)));
        cluster.run(5_000);
        assertTrue(one.holds() && !two.holds());
        assertEquals(List.of(), one.seen(Lost.class));
    }

    @Test
    void nobodyIsToldDeadByItsOwnKeeper() {
        one.want(0);
        cluster.run(1_000);
        one.step(new LeaseEvent.OwnerDead(GROUP, new Epoch(1, 1)));
        two.want(0);
        cluster.run(2_000);
        assertTrue(one.holds() && !two.holds());
    }

    @Test
    void aSilentAgentsGroupIsLostAndNoLongerRenewed() {
        one.want(0);
        cluster.run(100);
        two.want(0);
        one.step(new LeaseEvent.Want(GROUP, false, TestVoter.millis(0), List.of()));
        one.step(new LeaseEvent.GiveUp(GROUP, new Epoch(1, 1), LostReason.AGENT_SILENT));
        assertEquals(LostReason.AGENT_SILENT, one.seen(Lost.class).getFirst().reason());
        cluster.run(850);
        assertTrue(two.holds());
    }

    @Test
    void theRecordSurvivesATakeoverAndKeepsTheStaleCopyOut() {
        one.want(0, copy(1, true));
        cluster.run(100);
        change(1, copy(1, true), copy(2, false));
        two.want(0, copy(2, true));
        one.powerOff();
        cluster.run(3_000);
        assertFalse(two.holds());
        WantRefused refused = two.seen(WantRefused.class).getLast();
        assertEquals(RefusedReason.STALE_COPY, refused.reason());
        assertEquals(List.of(copy(1, true), copy(2, false)), refused.copies());
        one.start();
        one.want(0, copy(1, true));
        cluster.run(3_000);
        assertTrue(one.holds());
        assertEquals(
                List.of(copy(1, true), copy(2, false)),
                one.seen(Granted.class).getLast().copies());
    }

    /** Server 1 ran alone and lost power; server 2's copy is recorded Outdated, and server 2 is refused. */
    private void staleCopyIsKeptOut() {
        one.want(0, copy(1, true));
        cluster.run(100);
        change(1, copy(1, true), copy(2, false));
        one.powerOff();
        two.want(0);
        cluster.run(3_000);
        assertFalse(two.holds());
    }

    @Test
    void aPersonsWordLetsAStaleCopyInAndOutdatesTheOther() {
        staleCopyIsKeptOut();
        two.step(new LeaseEvent.Force(GROUP, new Epoch(1, 1), List.of(copy(2, true))));
        cluster.run(100);
        assertTrue(two.holds());
        assertTrue(two.seen(Granted.class).getLast().epoch().isAbove(new Epoch(1, 1)));
        assertEquals(
                List.of(copy(1, false), copy(2, true)),
                two.seen(Granted.class).getLast().copies());
        // The copy that was good before is nobody's any more: not by itself, even when the forced one dies.
        one.start();
        one.want(0, copy(1, true));
        cluster.run(2_000);
        two.powerOff();
        cluster.run(5_000);
        assertFalse(one.holds());
        assertEquals(
                RefusedReason.STALE_COPY, one.seen(WantRefused.class).getLast().reason());
    }

    @Test
    void aPersonsWordIsForTheRecordThatThePersonSaw() {
        staleCopyIsKeptOut();
        one.start();
        one.want(0, copy(1, true));
        cluster.run(3_000);
        assertTrue(one.holds());
        one.powerOff();
        two.step(new LeaseEvent.Force(GROUP, new Epoch(1, 1), List.of(copy(2, true))));
        cluster.run(5_000);
        assertFalse(two.holds(), "epoch 1.1 was decided on, and another ran since");
    }

    @Test
    void aPersonsWordNeverMakesASecondOwnerNorWinsWithoutAMajority() {
        one.want(0, copy(1, true));
        cluster.run(100);
        change(1, copy(1, true), copy(2, false));
        two.want(0);
        two.step(new LeaseEvent.Force(GROUP, new Epoch(1, 1), List.of(copy(2, true))));
        cluster.run(10_000);
        assertTrue(one.holds());
        assertFalse(two.holds());
        one.powerOff();
        cluster.node(3).powerOff();
        cluster.run(10_000);
        assertFalse(two.holds());
    }

    @Test
    void aPersonsWordEndsWithTheWish() {
        staleCopyIsKeptOut();
        two.step(new LeaseEvent.Force(GROUP, new Epoch(1, 1), List.of(copy(2, true))));
        two.step(new LeaseEvent.Want(GROUP, false, TestVoter.millis(0), List.of()));
        two.want(0);
        cluster.run(3_000);
        assertFalse(two.holds());
    }

    @Test
    void aPersonsWordIsGoodForOneGrant() {
        staleCopyIsKeptOut();
        two.step(new LeaseEvent.Force(GROUP, new Epoch(1, 1), List.of(copy(2, true))));
        cluster.run(100);
        two.step(new LeaseEvent.Release(
                7, GROUP, two.seen(Granted.class).getLast().epoch()));
        cluster.run(3_000);
        assertFalse(two.holds(), "the mirror does not call its copy good, and nobody was asked again");
    }

    @Test
    void aRecordedChangeIsOnAMajoritysDisks() {
        one.want(0);
        cluster.run(100);
        cluster.cutBothWays(1, 2);
        Recorded recorded = change(1, copy(1, true), copy(2, false));
        assertTrue(recorded.ok() && recorded.sequence() == 2);
        assertEquals(one.record, cluster.node(3).record);
        cluster.heal();
        cluster.run(2_000);
        assertEquals(one.record, two.record);
    }

    @Test
    void aHoldersOwnVoterWritesAChangeBeforeAnotherSeesIt() {
        for (boolean guarded : new boolean[] {true, false}) {
            var trio = guarded ? DirectCluster.ofThree() : DirectCluster.ofThree(Safeguard.OWN_RECORD_FIRST);
            var holder = trio.node(1);
            holder.want(0);
            trio.run(300);
            holder.effects.clear();
            holder.step(new RecordChange(1, GROUP, new Epoch(1, 1), List.of(copy(1, true), copy(2, true))));
            // Without: server 3 has sequence 2, this keeper restarts with sequence 1 and writes another 2.
            assertEquals(guarded, TestVoter.sent(holder.effects).isEmpty());
            trio.run(100);
            assertTrue(holder.seen(Recorded.class).getFirst().ok());
        }
    }

    @Test
    void theLastUpToDateCopyIsNeverRemoved() {
        one.want(0);
        cluster.run(100);
        change(1, copy(1, true), copy(2, true));
        Recorded refused = change(1, copy(1, false), copy(2, false));
        assertFalse(refused.ok());
        assertTrue(refused.reason().contains("up to date"), refused.reason());
        assertTrue(change(1, copy(1, true), copy(2, false)).ok());
    }

    @Test
    void aChangeByAnEpochThatIsOverIsRefused() {
        one.want(0);
        cluster.run(100);
        one.step(new RecordChange(5, GROUP, new Epoch(9, 1), List.of(copy(1, true))));
        assertFalse(one.seen(Recorded.class).getLast().ok());
        two.step(new RecordChange(6, 77, new Epoch(9, 1), List.of(copy(1, true))));
        assertFalse(two.seen(Recorded.class).getLast().ok());
    }

    @Test
    void aRestartedKeeperGoesOnWithWhatItsPageSays() {
        one.want(0, copy(1, true));
        cluster.run(100);
        change(1, copy(1, true), copy(2, false));
        cluster.run(300);
        long until = one.core.usableUntilNanos(GROUP);
        one.powerOff();
        cluster.run(50);
        one.start();
        one.step(new LeaseEvent.Resume(GROUP, new Epoch(1, 1), new MonotonicTime(until)));
        cluster.run(5_000);
        assertTrue(one.holds());
        assertEquals(List.of(), one.seen(Lost.class));
        assertEquals(2, one.seen(Granted.class).size());
        assertEquals(new Epoch(1, 1), one.seen(Granted.class).getLast().epoch());
        assertTrue(change(1, copy(1, true), copy(2, true)).ok());
    }

    @Test
    void aKeeperThatWasAwayTooLongHasLostWhatItHeld() {
        one.want(0);
        cluster.run(300);
        long until = one.core.usableUntilNanos(GROUP);
        one.powerOff();
        cluster.run(2_000);
        one.start();
        one.step(new LeaseEvent.Resume(GROUP, new Epoch(1, 1), new MonotonicTime(until)));
        assertEquals(1, one.seen(Lost.class).size());
        assertFalse(one.holds());
    }

    @Test
    void aKeeperThatResumedCountsNoAnswerToWhatTheOneBeforeItAsked() {
        assertEquals(Duration.ofMillis(700), leftAfterALateAnswer());
        assertTrue(leftAfterALateAnswer(Safeguard.RESUMED_COUNTS_ANEW).toMillis() > 2_000);
    }

    /** It has a lease of 2.4 s; what the one before it asked for, and is answered now, was 0.8 s. */
    private static Duration leftAfterALateAnswer(Safeguard... missing) {
        Timing normal = TestVoter.TIMING;
        var longer = new Timing(
                normal.heartbeat(),
                normal.peerTimeout(),
                Duration.ofMillis(2_400),
                normal.stopMargin(),
                normal.agentDeadline(),
                normal.driftPermille());
        var ours = new Epoch(1, 2);
        var voter = new TestVoter(
                new LeaseEvent.Started(
                        StoreState.VOTING,
                        longer.lease(),
                        List.of(new LeaseEvent.StoredGroup(GROUP, ours, TestVoter.record(ours, 1)))),
                longer,
                missing);
        long until = voter.now() + 700 * TestVoter.MILLI;
        voter.step(new LeaseEvent.Resume(GROUP, ours, new MonotonicTime(until)));
        voter.core.renew(voter.now(), (_, _, _, _, _) -> {});
        var _ = voter.core.onRenewAck(1, GROUP, 1, 2, voter.now() - 50 * TestVoter.MILLI, voter.now());
        return Duration.ofNanos(voter.core.usableUntilNanos(GROUP) - voter.now());
    }

    @Test
    void anAnswerToWhatWasAskedBeforeASuspensionCountsForNothing() {
        assertFalse(holdsAfterASuspensionInItsProposal());
        assertTrue(holdsAfterASuspensionInItsProposal(Safeguard.SUSPENSION_ENDS_ROUNDS));
    }

    private static boolean holdsAfterASuspensionInItsProposal(Safeguard... missing) {
        var voter = TestVoter.settled(missing);
        var ballot = new Epoch(1, 2);
        voter.step(new LeaseEvent.Want(GROUP, true, Duration.ZERO, List.of()));
        voter.hear(TestVoter.V1, new LeaseMessage.Standing(GROUP, voter.now(), true, Epoch.NONE, GroupRecord.EMPTY, 0));
        voter.hear(TestVoter.V1, new LeaseMessage.Promise(GROUP, ballot, voter.now(), GroupRecord.EMPTY));
        voter.step(new LeaseEvent.Suspended());
        voter.hear(TestVoter.V1, new LeaseMessage.Accepted(GROUP, ballot, 1, voter.now()));
        return voter.core.usableUntilNanos(GROUP) > 0;
    }

    @Test
    void aSuspensionEndsWhatIsHeld() {
        one.want(0);
        cluster.run(300);
        one.step(new LeaseEvent.Suspended());
        assertEquals(1, one.seen(Lost.class).size());
        assertFalse(one.holds());
    }

    @Test
    void anAnswerThatComesAfterTheEndRevivesNothing() {
        one.want(0);
        cluster.run(150);
        long until = one.core.usableUntilNanos(GROUP);
        assertFalse(one.core.onRenewAck(2, GROUP, 1, 1, until - 1, until));
        cluster.now = until;
        one.step(new LeaseEvent.Tick());
        assertEquals(1, one.seen(Lost.class).size());
        assertEquals(0, one.core.usableUntilNanos(GROUP));
    }

    @Test
    void validityCountsFromTheSendTimeOfWhatAMajorityAnswered() {
        one.want(0);
        cluster.run(150);
        long until = one.core.usableUntilNanos(GROUP);
        assertTrue(until <= cluster.now + 740 * MILLI);
        // Own renewal and one answer are two of three.
        one.core.renew(cluster.now + 10 * MILLI, (_, _, _, _, _) -> {});
        assertTrue(one.core.onRenewAck(3, GROUP, 1, 1, cluster.now + 10 * MILLI, cluster.now + 200 * MILLI));
        assertEquals(cluster.now + 750 * MILLI, one.core.usableUntilNanos(GROUP));
    }

    @Test
    void groupsBeyondTheBoundAreRefusedWithAReason() {
        for (int group = 1; group <= LeaseCore.GROUPS_MAX + 1; group++) {
            one.step(new LeaseEvent.Want(group, false, TestVoter.millis(0), List.of()));
        }
        assertEquals(
                RefusedReason.TOO_MANY_GROUPS,
                one.seen(WantRefused.class).getLast().reason());
    }

    private Recorded change(int number, CopyEntry... copies) {
        var node = cluster.node(number);
        int before = node.seen(Recorded.class).size();
        Epoch epoch = node.seen(Granted.class).getLast().epoch();
        node.step(new RecordChange(before + 1, GROUP, epoch, List.of(copies)));
        cluster.runUntil(_ -> node.seen(Recorded.class).size() > before, 2_000);
        return node.seen(Recorded.class).getLast();
    }
}
