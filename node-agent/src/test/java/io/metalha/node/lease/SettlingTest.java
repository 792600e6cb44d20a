// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static io.metalha.node.lease.TestVoter.GROUP;
import static io.metalha.node.lease.TestVoter.copy;
import static io.metalha.node.lease.TestVoter.record;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import io.metalha.node.lease.LeaseMessage.Standing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A voter that changes to the set 2 of the voters 1, 2 and 3; it is voter 2, and its record is old. */
class SettlingTest {
    private static final Epoch OLD = new Epoch(3, 1);
    private static final Epoch NEW = new Epoch(4, 1);
    private static final GroupRecord NEWER = record(NEW, 5, copy(1, true), copy(2, false));

    private final TestVoter voter = new TestVoter(TestVoter.stored(OLD, record(OLD, 1, copy(1, true))), 2L);

    @Test
    void readsFromAMajorityWhatWasWrittenUnderTheSetBefore() {
        voter.pass(2_000);
        assertFalse(voter.core.isSettled());
        told(TestVoter.V3, new Epoch(9, 3), NEWER);
        assertTrue(voter.core.isSettled());
        Standing own = standing();
        assertEquals(NEWER, own.record());
        // The promise stays: one that came to nothing would bar the owner here too.
        assertEquals(NEW, own.promised());
    }

    /** What voter 3 has may be all that is left of it: it counts when it is on the disk here. */
    @Test
    void isNotSettledBeforeTheDiskHasIt() {
        voter.pass(2_000);
        voter.step(new LeaseEvent.Received(TestVoter.V3, new GroupsAre(0, 1, List.of(GROUP), voter.now())));
        voter.step(new LeaseEvent.Received(TestVoter.V3, new Standing(GROUP, voter.now(), true, NEW, NEWER, 0)));
        voter.step(new LeaseEvent.Tick());
        assertFalse(voter.core.isSettled());
        voter.written();
        assertTrue(voter.core.isSettled());
    }

    @Test
    void believesNoneThatAbstainsAndNoAnswerToWhatWasAskedBefore() {
        voter.pass(2_000);
        voter.hear(TestVoter.V3, new GroupsAre(0, 1, List.of(GROUP), voter.now()));
        voter.hear(TestVoter.V3, new Standing(GROUP, voter.now(), false, NEW, NEWER, 0));
        voter.hear(TestVoter.V3, new Standing(GROUP, 1, true, NEW, NEWER, 0));
        voter.pass(1);
        assertFalse(voter.core.isSettled());
        assertEquals(OLD, standing().record().epoch());
    }

    @Test
    void theFirstSetFollowsNone() {
        assertTrue(new TestVoter(TestVoter.stored(OLD, record(OLD, 1)), 1L).core.isSettled());
    }

    private void told(VoterId from, Epoch promised, GroupRecord record) {
        voter.hear(from, new GroupsAre(0, 1, List.of(GROUP), voter.now()));
        voter.hear(from, new Standing(GROUP, voter.now(), true, promised, record, 0));
        voter.pass(1);
    }

    private Standing standing() {
        return (Standing) voter.hear(TestVoter.V3, new Ask(GROUP, 7)).stream()
                .filter(Standing.class::isInstance)
                .findFirst()
                .orElseThrow();
    }
}
