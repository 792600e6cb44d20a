// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeerTest {
    private static final long KEY = new GroupId("iptv-db").key();

    private final Peer peer = new Peer(new NodeId("server2"));

    @Test
    void eachLeaveCountsFromItsOwnBeginningAlsoWhenTheRunBetweenWasNotHeard() {
        tell(Blob.Is.STOPPING, 100);
        tell(Blob.Is.STOPPING, 150);
        assertEquals(Optional.of(new MonotonicTime(100)), peer.leavingSince(KEY));
        tell(Blob.Is.STANDBY, 200);
        assertEquals(Optional.of(new MonotonicTime(100)), peer.leavingSince(KEY), "the taker asks when it was granted");
        tell(Blob.Is.STOPPING, 900);
        assertEquals(Optional.of(new MonotonicTime(900)), peer.leavingSince(KEY));
    }

    private void tell(Blob.Is is, long nanos) {
        var group = new Blob.Group(Blob.keyOf(KEY), is, true, false, 0, 0, Blob.MoveKind.FAILBACK, 0, 0);
        peer.blob(new Blob((int) nanos, List.of(), List.of(group)), new MonotonicTime(nanos));
    }
}
