// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import static io.metalha.node.witness.Play.GROUP;
import static io.metalha.node.witness.Play.LEASE_MILLIS;
import static io.metalha.node.witness.Play.record;
import static io.metalha.node.witness.Play.register;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Refused;
import io.metalha.node.lease.LeaseMessage.Release;
import io.metalha.node.lease.LeaseMessage.Renew;
import io.metalha.node.lease.LeaseMessage.RenewAck;
import io.metalha.node.lease.LeaseMessage.Standing;
import io.metalha.node.lease.LeaseMessage.StoreIs;
import io.metalha.node.lease.StoreState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One server's client of the object: server 1 asks, server 2 is somebody else who writes. */
class PassiveVoterTest {
    private static final Epoch BALLOT = new Epoch(7, 1);
    private static final Prepare PREPARE = new Prepare(GROUP, BALLOT, 5);

    private final Play play = new Play(WitnessMemory.NOTHING);

    @Test
    void promisesNothingBeforeItHasWatchedForAWholeLease() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(10_000);
        assertInstanceOf(Held.class, only(play.ask(PREPARE)));
        play.pass(101);
        assertEquals(new Promise(GROUP, BALLOT, 5, record(6, 2, 1)), only(play.ask(PREPARE)));
        assertEquals(BALLOT, play.object.registers().of(GROUP).promised());
    }

    @Test
    void watchesAnewWhatWasRenewed() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(9_000);
        play.put(GROUP, register(3, record(6, 2, 1), 10));
        play.pass(10_000);
        assertInstanceOf(Held.class, only(play.ask(PREPARE)));
        play.pass(2_101);
        assertInstanceOf(Promise.class, only(play.ask(PREPARE)));
    }

    @Test
    void watchesAnewAfterAGap() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(20_000);
        play.reachable = false;
        play.pass(6_000);
        assertInstanceOf(WitnessState.Unreachable.class, play.state);
        play.reachable = true;
        play.pass(1_000);
        assertInstanceOf(Held.class, only(play.ask(PREPARE)));
    }

    @Test
    void watchesAnewAfterASuspension() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(20_000);
        play.suspended();
        assertInstanceOf(Held.class, only(play.ask(PREPARE)));
    }

    @Test
    void believesAReleaseAtOnce() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(20_000);
        play.put(GROUP, register(3, record(6, 2, 1), 10));
        play.pass(2_000);
        play.put(GROUP, register(3, record(6, 2, 1), 10).release());
        play.pass(2_000);
        assertInstanceOf(Promise.class, only(play.ask(PREPARE)));
    }

    @Test
    void decidesAgainOnWhatIsThereWhenSomebodyWroteFirst() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(20_000);
        play.beforeWrite = () -> play.put(GROUP, register(3, record(6, 2, 1), 10));
        assertInstanceOf(Held.class, only(play.ask(PREPARE)));
        assertEquals(0, play.writes);
    }

    @Test
    void acceptsRenewsAndFrees() {
        play.pass(1_000);
        assertEquals(new Accepted(GROUP, BALLOT, 1, 8), only(play.ask(propose(record(7, 1, 1), 8))));
        assertEquals(new RenewAck(GROUP, BALLOT, 9), only(play.ask(renew(BALLOT, 9))));
        assertEquals(2, play.object.registers().of(GROUP).renewal());
        assertInstanceOf(Refused.class, only(play.ask(propose(record(6, 2, 1), 8))));
        assertTrue(play.ask(new Release(GROUP, BALLOT)).isEmpty());
        assertTrue(play.object.registers().of(GROUP).released());
        assertTrue(play.ask(renew(BALLOT, 10)).isEmpty());
        assertTrue(play.ask(propose(record(7, 1, 1), 11)).isEmpty());
    }

    @Test
    void aGrantThatIsOverNeedsNoWriteToBeFreed() {
        play.put(GROUP, register(3, record(6, 1, 1), 9));
        play.pass(20_000);
        assertTrue(play.ask(new Release(GROUP, new Epoch(6, 1))).isEmpty());
        assertEquals(0, play.writes);
    }

    @Test
    void oneWriteServesAllThatWaits() {
        play.pass(1_000);
        play.ask(propose(record(7, 1, 1), 8));
        play.ask(new Propose(43, record(7, 1, 1), LEASE_MILLIS, 8));
        play.reachable = false;
        play.ask(renew(BALLOT, 20), new Renew(43, BALLOT, LEASE_MILLIS, 20));
        play.reachable = true;
        int before = play.writes;
        play.said.clear();
        play.pass(1_000);
        assertEquals(2, play.said.size());
        assertEquals(before + 1, play.writes);
    }

    @Test
    void answersWhenTheMemoryIsOnTheDisk() {
        play.pass(1_000);
        play.diskWrites = false;
        assertTrue(play.ask(propose(record(7, 1, 1), 8)).isEmpty());
        assertEquals(1, play.object.registers().of(GROUP).serial());
        play.diskCatchesUp();
        assertInstanceOf(Accepted.class, only(play.said));
        assertEquals(new WitnessMemory("object", Map.of(GROUP, 1L)), play.durable);
    }

    // ---- It goes backwards

    @Test
    void abstainsOnWhatShowsLessUntilItsHolderWritesItAgain() {
        var restored = new Play(new WitnessMemory("object", Map.of(GROUP, 5L)));
        restored.put(GROUP, register(3, record(6, 2, 1), 9));
        restored.pass(20_000);
        assertEquals(new WitnessState.Forgot(1), restored.state);
        assertEquals(List.of(true), restored.forgetful);
        assertFalse(((Standing) only(restored.ask(new Ask(GROUP, 1)))).voting());
        assertTrue(restored.ask(PREPARE).isEmpty());
        assertTrue(restored.ask(new StoreIs(StoreState.EMPTY, 0, true)).isEmpty());
        assertInstanceOf(Accepted.class, only(restored.ask(propose(record(7, 1, 4), 8))));
        assertEquals(6, restored.object.registers().of(GROUP).serial());
        assertFalse(restored.object.registers().complete());
        assertTrue(((Standing) only(restored.ask(new Ask(GROUP, 1)))).voting());
        // What it does not name may have been forgotten as well.
        assertFalse(((Standing) only(restored.ask(new Ask(99, 1)))).voting());
    }

    @Test
    void believesWhatShowsLessWithoutTheSafeguard() {
        var restored = new Play(new WitnessMemory("object", Map.of(GROUP, 5L)), WitnessSafeguard.ABSTAINS_BACKWARDS);
        restored.put(GROUP, register(3, record(6, 2, 1), 9));
        restored.pass(20_000);
        assertInstanceOf(Promise.class, only(restored.ask(PREPARE)));
    }

    @Test
    void abstainsWhenTheObjectWasMadeAgain() {
        play.put(GROUP, register(3, record(6, 2, 1), 9));
        play.pass(20_000);
        play.put("another", Registers.blank(Play.CLUSTER));
        play.pass(20_000);
        assertEquals(new WitnessState.Forgot(1), play.state);
        assertTrue(play.ask(PREPARE).isEmpty());
        assertInstanceOf(Accepted.class, only(play.ask(propose(record(7, 1, 4), 8))));
        assertEquals(new WitnessMemory("another", Map.of(GROUP, 4L)), play.durable);
        assertTrue(((Standing) only(play.ask(new Ask(GROUP, 1)))).voting());
    }

    @Test
    void anotherClustersObjectIsNobodysVote() {
        play.put("object", Registers.blank("another cluster"));
        play.pass(20_000);
        assertEquals(new WitnessState.Foreign("another cluster"), play.state);
        assertTrue(play.ask(new Ask(GROUP, 1), PREPARE, propose(record(7, 1, 1), 8))
                .isEmpty());
        assertEquals(0, play.writes);
        assertEquals(WitnessMemory.NOTHING, play.durable);
    }

    // ---- As one of the voters of a cluster that begins

    @Test
    void isReadyWhileNobodyWroteItAndVotesAfterwards() {
        play.pass(1_000);
        assertEquals(new StoreIs(StoreState.READY, 0, false), only(play.ask(new StoreIs(StoreState.EMPTY, 0, true))));
        assertEquals(List.of(true), play.forgetful);
        play.ask(propose(record(7, 1, 1), 8));
        assertEquals(new StoreIs(StoreState.VOTING, 0, false), only(play.ask(new StoreIs(StoreState.EMPTY, 0, true))));
        assertEquals(List.of(true, false), play.forgetful);
        assertEquals(new GroupsAre(0, 1, List.of(GROUP), 3), only(play.ask(new AskGroups(0, 3))));
    }

    @Test
    void takesNoMoreThanTheObjectHolds() {
        play.pass(1_000);
        for (long group = 0; group < Registers.GROUPS_MAX; group++) {
            assertInstanceOf(Accepted.class, only(play.ask(new Propose(group, record(7, 1, 1), LEASE_MILLIS, 8))));
        }
        assertTrue(play.ask(new Propose(Registers.GROUPS_MAX, record(7, 1, 1), LEASE_MILLIS, 8))
                .isEmpty());
    }

    private static Propose propose(GroupRecord record, long sent) {
        return new Propose(GROUP, record, LEASE_MILLIS, sent);
    }

    private static Renew renew(Epoch epoch, long sent) {
        return new Renew(GROUP, epoch, LEASE_MILLIS, sent);
    }

    private static LeaseMessage only(List<LeaseMessage> messages) {
        assertEquals(1, messages.size(), messages::toString);
        return messages.getFirst();
    }
}
