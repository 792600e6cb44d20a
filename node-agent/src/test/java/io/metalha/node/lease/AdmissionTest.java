// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static io.metalha.node.lease.DirectCluster.GROUP;
import static io.metalha.node.lease.TestVoter.copy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.lease.LeaseEffect.Granted;
import io.metalha.node.lease.LeaseEffect.WantRefused;
import io.metalha.node.lease.LeaseEvent.RecordChange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First start, and the store that was lost. */
class AdmissionTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void aNewClusterFoundsItself(int size) {
        var cluster = new DirectCluster(size);
        cluster.nodes.values().forEach(DirectCluster.Node::start);
        cluster.run(1_000);
        cluster.nodes.values().forEach(node -> assertTrue(node.core.votes(), () -> "voter " + node.number));
        cluster.node(1).want(0);
        cluster.run(100);
        assertTrue(cluster.node(1).holds());
    }

    @Test
    void aNewClusterWaitsForItsLastVoter() {
        var cluster = new DirectCluster(3);
        cluster.node(1).start();
        cluster.node(2).start();
        cluster.run(5_000);
        assertFalse(cluster.node(1).core.votes());
        cluster.node(3).start();
        cluster.run(2_000);
        assertTrue(cluster.node(1).core.votes() && cluster.node(3).core.votes());
    }

    /** Power goes at every moment of the founding, for each voter. */
    @Test
    void aFoundingThatIsInterruptedGoesOn() {
        for (int number = 1; number <= 3; number++) {
            for (int at = 0; at < 40; at++) {
                var cluster = new DirectCluster(3);
                cluster.nodes.values().forEach(DirectCluster.Node::start);
                cluster.runUntil(_ -> false, at);
                cluster.node(number).powerOff();
                cluster.run(500);
                cluster.node(number).start();
                cluster.run(2_000);
                for (var node : cluster.nodes.values()) {
                    assertTrue(node.core.votes(), "voter " + node.number + " after " + number + " at " + at + " ms");
                }
            }
        }
    }

    @Test
    void twoEmptyStoresDoNotFoundAnewOverTheThirdsMemory() {
        var cluster = DirectCluster.ofThree();
        cluster.node(1).want(0);
        cluster.run(1_000);
        cluster.node(1).powerOff();
        for (int lost = 2; lost <= 3; lost++) {
            cluster.node(lost).powerOff();
            cluster.node(lost).loseStore();
            cluster.node(lost).start();
        }
        cluster.node(2).want(0);
        cluster.run(10_000);
        assertFalse(cluster.node(2).holds());
        // Nor when the third is back: it alone is no majority without them.
        cluster.node(1).start();
        cluster.run(10_000);
        assertFalse(cluster.node(2).core.votes());
    }

    @Test
    void aLostStoreIsFilledByAMajorityWithoutIt() {
        var cluster = DirectCluster.ofThree();
        var one = cluster.node(1);
        var three = cluster.node(3);
        one.want(0, copy(1, true));
        cluster.run(1_000);
        one.step(new RecordChange(
                1, GROUP, one.seen(Granted.class).getLast().epoch(), List.of(copy(1, true), copy(2, false))));
        cluster.run(1_000);
        three.powerOff();
        three.loseStore();
        three.start();
        cluster.run(3_000);
        assertTrue(one.holds());
        assertEquals(StoreState.VOTING, three.state);
        assertEquals(one.record, three.record);
        // With the owner gone the filled voter and the stale one are a majority, and it remembers.
        one.powerOff();
        cluster.node(2).want(0, copy(2, true));
        cluster.run(3_000);
        assertFalse(cluster.node(2).holds());
        assertEquals(
                RefusedReason.STALE_COPY,
                cluster.node(2).seen(WantRefused.class).getLast().reason());
    }

    /** Disks are replaced one after the other, before there is any group; each voter becomes whole again. */
    @Test
    void aGroupStartsAfterEachVotersStoreWasLostAndFilled() {
        var cluster = DirectCluster.ofThree();
        for (int number = 1; number <= 3; number++) {
            cluster.node(number).powerOff();
            cluster.node(number).loseStore();
            cluster.node(number).start();
            cluster.run(3_000);
            assertEquals(StoreState.VOTING, cluster.node(number).state, "voter " + number);
        }
        cluster.node(1).want(0, copy(1, true));
        cluster.run(1_000);
        assertTrue(cluster.node(1).holds());
    }
}
