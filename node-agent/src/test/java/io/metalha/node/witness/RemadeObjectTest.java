// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Standing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server that never saw the object is told by one that was made again in its place. */
class RemadeObjectTest {
    private final Play server2 = new Play(WitnessMemory.NOTHING);

    /** An empty one that says nothing of it votes "nobody ever held this": why only that of a cluster's founding is called complete. */
    @Test
    void anEmptyOneVotesAsIfNothingWasEverRecorded() {
        server2.put("object-made-again", Registers.blank(Play.CLUSTER));
        server2.pass(10_101);
        Standing standing =
                (Standing) server2.ask(new LeaseMessage.Ask(Play.GROUP, 1)).getFirst();
        assertTrue(standing.voting());
        assertEquals(GroupRecord.EMPTY, standing.record());
        assertInstanceOf(
                Promise.class,
                server2.ask(new Prepare(Play.GROUP, new Epoch(7, 2), 5)).getFirst());
    }

    /** As the operator makes it later: incomplete, and written once. */
    @Test
    void oneThatSaysItIsIncompleteAbstains() {
        server2.put("object-made-again", new Registers(Play.CLUSTER, 1, false, Map.of()));
        server2.pass(10_101);
        Standing standing =
                (Standing) server2.ask(new LeaseMessage.Ask(Play.GROUP, 1)).getFirst();
        assertFalse(standing.voting());
        assertEquals(List.of(), server2.ask(new Prepare(Play.GROUP, new Epoch(7, 2), 5)));
    }
}
