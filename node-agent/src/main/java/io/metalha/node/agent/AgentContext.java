// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Event;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.local.LineClient;
import java.util.function.UnaryOperator;

/** What every group's runner shares. */
interface AgentContext {
    NodeId self();

    MonotonicClock clock();

    default MonotonicTime now() {
        return clock().now();
    }

    AgentPaths paths();

    Inbox inbox();

    Drivers drivers();

    ClusterView view();

    LineClient keeper();

    LineClient mirror();

    History.Entry history(String group);

    /** Changes what is remembered of a group, and has it written. */
    void history(String group, UnaryOperator<History.Entry> change);

    /** Tell the others at once. */
    void blobChanged();

    /** Brings an event of the group to the deciding thread; any thread. */
    void post(GroupId group, Event event);

    default HeldMarker marker(GroupId group) {
        return new HeldMarker(paths().held(group.name()));
    }
}
