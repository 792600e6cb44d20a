// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static io.metalha.node.lease.TestVoter.E1;
import static io.metalha.node.lease.TestVoter.E2;
import static io.metalha.node.lease.TestVoter.GROUP;
import static io.metalha.node.lease.TestVoter.V1;
import static io.metalha.node.lease.TestVoter.V3;
import static io.metalha.node.lease.TestVoter.copy;
import static io.metalha.node.lease.TestVoter.millis;
import static io.metalha.node.lease.TestVoter.record;
import static io.metalha.node.lease.TestVoter.stored;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.Timing;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The voter's half. Where a second voter lacks a safeguard, the test shows what the safeguard prevents. */
class GroupVoteTest {
    @Test
    void promisesAFreeGroup() {
        var voter = TestVoter.settled();
        assertEquals(List.of(new Promise(GROUP, E1, 5, GroupRecord.EMPTY)), voter.hearPrepare(E1));
    }

    @Test
    void answersHeldWhileItsGrantRuns() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 1));
        voter.pass(807);
        assertInstanceOf(Held.class, voter.hearPrepare(E2).getFirst());
    }

    @Test
    void promisesOnceTheGrantAndTheDriftHavePassed() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 1, copy(1, true)));
        voter.pass(808);
        assertEquals(List.of(new Promise(GROUP, E2, 5, record(E1, 1, copy(1, true)))), voter.hearPrepare(E2));
    }

    @Test
    void renewingKeepsTheGrantRunning() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 1));
        voter.pass(700);
        assertTrue(voter.hearRenew(E1));
        voter.pass(700);
        assertInstanceOf(Held.class, voter.hearPrepare(E2).getFirst());
    }

    @Test
    void renewsNobodyButTheEpochItAccepted() {
        var voter = TestVoter.settled();
        assertFalse(voter.hearRenew(E1));
        voter.hearPropose(record(E1, 1));
        assertFalse(voter.hearRenew(E2));
        voter.pass(900);
        voter.hearPrepare(E2);
        assertFalse(voter.hearRenew(E1));
    }

    @Test
    void saysNothingBeforeTheDiskHasIt() {
        var voter = TestVoter.settled();
        var prepare = new LeaseEvent.Received(V3, new LeaseMessage.Prepare(GROUP, E2, 5));
        assertEquals(List.of(), TestVoter.sent(voter.step(prepare)));
        assertInstanceOf(Promise.class, voter.written().getFirst());
        var propose = new LeaseEvent.Received(V3, new LeaseMessage.Propose(GROUP, record(E2, 1), 800, 6));
        assertEquals(List.of(), TestVoter.sent(voter.step(propose)));
        assertFalse(voter.hearRenew(E2));
        assertEquals(List.of(new Accepted(GROUP, E2, 1, 6)), voter.written());
        assertTrue(voter.hearRenew(E2));
    }

    @Test
    void refusesAValueBelowItsPromise() {
        var voter = TestVoter.settled();
        voter.hearPrepare(E2);
        assertEquals(List.of(new Refused(GROUP, E1, E2)), voter.hearPropose(record(E1, 1)));
    }

    @Test
    void ignoresALateCopyOfAnEarlierRecord() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 2, copy(1, true), copy(2, false)));
        assertEquals(List.of(), voter.hearPropose(record(E1, 1, copy(1, true), copy(2, true))));
        voter.pass(900);
        assertEquals(
                List.of(new Promise(GROUP, E2, 5, record(E1, 2, copy(1, true), copy(2, false)))),
                voter.hearPrepare(E2));
    }

    @Test
    void answersARepeatedProposalWithItsNewSendTime() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 1));
        var again = new LeaseMessage.Propose(GROUP, record(E1, 1), 800, 99);
        assertEquals(List.of(new Accepted(GROUP, E1, 1, 99)), voter.hear(V1, again));
    }

    @Test
    void waitsAfterARestartForWhatItMayHaveGranted() {
        var voter = new TestVoter(stored(E1, record(E1, 1)));
        voter.pass(807);
        assertInstanceOf(Held.class, voter.hearPrepare(E2).getFirst());
        voter.pass(1);
        assertInstanceOf(Promise.class, voter.hearPrepare(E2).getFirst());
    }

    @Test
    void waitsForTheLongestGrantWhateverItsConfigurationNowSays() {
        Timing shorter = new Timing(millis(100), millis(500), millis(500), millis(60), millis(10_000), 10);
        var voter = new TestVoter(stored(E1, record(E1, 1)), shorter);
        voter.pass(600);
        assertInstanceOf(Held.class, voter.hearPrepare(E2).getFirst());
        // Without: the holder of E1 may act for another 200 ms.
        var forgetful = new TestVoter(stored(E1, record(E1, 1)), shorter, Safeguard.LONGEST_GRANT);
        forgetful.pass(600);
        assertInstanceOf(Promise.class, forgetful.hearPrepare(E2).getFirst());
    }

    @Test
    void writesALongerGrantDownBeforeItGivesIt() {
        var voter = TestVoter.settled();
        var propose = new LeaseMessage.Propose(GROUP, record(E1, 1), 5_000, 6);
        assertEquals(List.of(), voter.hear(V1, propose));
        assertEquals(List.of(new Accepted(GROUP, E1, 1, 6)), voter.hear(V1, propose));
    }

    @Test
    void renewsItsHolderWhileItWaitsAfterARestart() {
        var voter = new TestVoter(stored(E1, record(E1, 1)));
        assertTrue(voter.hearRenew(E1));
    }

    @Test
    void aReleaseFreesTheLeaseOfItsOwnEpochOnly() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 1));
        voter.hear(V3, new LeaseMessage.Release(GROUP, new Epoch(1, 3)));
        assertInstanceOf(Held.class, voter.hearPrepare(E2).getFirst());
        voter.hear(V1, new LeaseMessage.Release(GROUP, E1));
        assertInstanceOf(Promise.class, voter.hearPrepare(E2).getFirst());
        // Without: a late release of an earlier epoch frees the present owner's lease.
        var careless = TestVoter.settled(Safeguard.RELEASE_EPOCH);
        careless.hearPropose(record(E1, 1));
        careless.hear(V3, new LeaseMessage.Release(GROUP, new Epoch(1, 3)));
        assertInstanceOf(Promise.class, careless.hearPrepare(E2).getFirst());
    }

    @Test
    void aReleasedEpochIsNotRenewedByALateRequest() {
        var voter = TestVoter.settled();
        voter.hearPropose(record(E1, 1));
        voter.hear(V1, new LeaseMessage.Release(GROUP, E1));
        assertFalse(voter.hearRenew(E1));
    }

    @Test
    void tellsWhoHoldsTheGroupAndThatItIsFreeAgain() {
        var voter = TestVoter.settled();
        var propose = new LeaseMessage.Propose(GROUP, record(E1, 1), 800, 6);
        assertTrue(voter.step(new LeaseEvent.Received(V1, propose)).stream()
                .anyMatch(effect -> effect instanceof LeaseEffect.HolderChanged changed && changed.owner() == 1));
        voter.written();
        assertTrue(voter.core.nextDeadlineNanos() <= voter.now() + 808 * TestVoter.MILLI);
        voter.pass(807);
        var free = new LeaseEffect.HolderChanged(GROUP, E1, 0, millis(0));
        voter.hear(V1, new LeaseMessage.Ask(0, 0));
        assertTrue(voter.stepAfter(1, new LeaseEvent.Tick()).contains(free));
    }

    @Test
    void anEmptyStoreAbstains() {
        var empty = new LeaseEvent.Started(StoreState.EMPTY, millis(800), List.of());
        var voter = new TestVoter(empty);
        voter.pass(2_000);
        assertEquals(List.of(), voter.hearPrepare(E1));
        assertEquals(List.of(), voter.hearPropose(record(E1, 1)));
        assertFalse(voter.core.votes());
    }
}
