// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.AgentPaths;
import io.metalha.node.agent.config.HistoryStore;
import io.metalha.node.agent.config.NodeConf;
import io.metalha.node.agent.config.StateWriter;
import io.metalha.node.agent.peer.ClusterView;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.local.LineClient;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What the parts of the agent share.
 *
 * @param wall only shown to people
 */
record AgentContext(
        NodeConf conf,
        AgentPaths paths,
        MonotonicClock clock,
        InstantSource wall,
        Inbox inbox,
        Drivers drivers,
        LineClient keeper,
        LineClient mirror,
        ClusterView view,
        StateWriter writer,
        HistoryStore histories) {
    NodeId self() {
        return conf.node();
    }

    MonotonicTime now() {
        return clock.now();
    }

    Instant wallNow() {
        return wall.instant();
    }

    HeldMarker marker(GroupId group) {
        return new HeldMarker(paths.held(group.name()));
    }
}
