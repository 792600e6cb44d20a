// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.agent.known.GroupNews;
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
        tell(GroupNews.Is.STOPPING, 100);
        tell(GroupNews.Is.STOPPING, 150);
        assertEquals(Optional.of(new MonotonicTime(100)), peer.leavingSince(KEY));
        tell(GroupNews.Is.STANDBY, 200);
        assertEquals(Optional.of(new MonotonicTime(100)), peer.leavingSince(KEY), "the taker asks when it was granted");
        tell(GroupNews.Is.STOPPING, 900);
        assertEquals(Optional.of(new MonotonicTime(900)), peer.leavingSince(KEY));
    }

    private void tell(GroupNews.Is is, long nanos) {
        var group = new GroupNews(GroupNews.keyOf(KEY), is, true, false, 0, 0, GroupNews.MoveKind.FAILBACK, 0, 0);
        peer.blob(new Blob((int) nanos, List.of(), List.of(group)), new MonotonicTime(nanos));
    }
}
