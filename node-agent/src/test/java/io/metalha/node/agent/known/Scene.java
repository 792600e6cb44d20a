// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Phase;
import io.metalha.node.placement.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Two servers and a group, as server1 sees them. */
final class Scene {
    static final NodeId SERVER1 = new NodeId("server1");
    static final NodeId SERVER2 = new NodeId("server2");
    static final GroupId GROUP = new GroupId("db");

    private Scene() {}

    static MonotonicTime at(long seconds) {
        return MonotonicTime.ZERO.plus(Duration.ofSeconds(seconds));
    }

    static Policy policy(NodeId... nodes) {
        return new Policy(GROUP, List.of(nodes), true, false, Duration.ZERO, false);
    }

    static Own own(Phase phase) {
        return new Own(SERVER1, phase, true, true, true, 0, false);
    }

    static GroupNews news(GroupNews.Is is) {
        return news(is, GroupNews.MoveKind.NONE);
    }

    static GroupNews news(GroupNews.Is is, GroupNews.MoveKind move) {
        return new GroupNews(GroupNews.keyOf(GROUP.key()), is, true, false, 1, 0, move, 2, 300);
    }

    static Others server2(boolean alive, boolean seen, MonotonicTime since, GroupNews news) {
        return new Others(List.of(new Other(
                SERVER2, alive, alive, seen, since, true, Optional.of(news), Optional.empty(), Optional.empty())));
    }

    static Others server2Leaving(MonotonicTime since, GroupNews.MoveKind move) {
        return new Others(List.of(new Other(
                SERVER2,
                true,
                true,
                true,
                MonotonicTime.ZERO,
                true,
                Optional.of(news(GroupNews.Is.STOPPING, move)),
                Optional.of(since),
                Optional.empty())));
    }
}
