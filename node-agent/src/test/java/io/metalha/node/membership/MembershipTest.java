// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.VoterId;
import io.metalha.node.membership.MembershipChange.PathDown;
import io.metalha.node.membership.MembershipChange.PathUp;
import io.metalha.node.membership.MembershipChange.PeerDown;
import io.metalha.node.membership.MembershipChange.PeerUp;
import io.metalha.node.membership.MembershipChange.SessionChanged;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final VoterId TWO = new VoterId(2);

    private final Membership membership =
            new Membership(List.of(TWO, new VoterId(3)), List.of("public", "private"), Duration.ofNanos(500));

    @Test
    void aPeerLivesWhileOnePathIsHeard() {
        assertEquals(
                List.of(new SessionChanged(TWO, 0, 7), new PathUp(TWO, "public"), new PeerUp(TWO)),
                membership.heard(0, 0, 7, -1, 1_000));
        assertEquals(List.of(new PathUp(TWO, "private")), membership.heard(0, 1, 7, -1, 1_400));
        assertEquals(List.of(new PathDown(TWO, "public", Duration.ofNanos(500))), membership.tick(1_500));
        assertTrue(membership.isAlive(0));
        assertEquals(
                List.of(new PathDown(TWO, "private", Duration.ofNanos(500)), new PeerDown(TWO)),
                membership.tick(1_900));
        assertFalse(membership.isAlive(0));
        assertEquals(List.of(), membership.tick(9_000));
    }

    @Test
    void aRestartIsSeenThoughThePathNeverWentDown() {
        membership.heard(0, 0, 7, -1, 1_000);
        assertEquals(List.of(new SessionChanged(TWO, 7, 8)), membership.heard(0, 0, 8, -1, 1_100));
    }

    @Test
    void theRoundTripIsSmoothed() {
        membership.heard(0, 0, 7, 800, 1_000);
        membership.heard(0, 0, 7, 1_600, 1_100);
        assertEquals(900, membership.roundTripNanos(0, 0));
    }
}
