// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.placement.NodeView;
import java.util.Optional;

/**
 * What is known of another machine with regard to one group.
 *
 * @param alive        its keeper is heard on some path
 * @param agentWell    its agent has told news lately
 * @param seen         it was alive at some time since this agent started
 * @param aliveSince   when it was last seen to come or go
 * @param reachable    its network for the group's addresses is of use to clients
 * @param news         what its agent last told of the group
 * @param leavingSince since when its agent says that it stops the group
 * @param moveTo       where its agent says that the group is being moved
 */
public record Other(
        NodeId node,
        boolean alive,
        boolean agentWell,
        boolean seen,
        MonotonicTime aliveSince,
        boolean reachable,
        Optional<GroupNews> news,
        Optional<MonotonicTime> leavingSince,
        Optional<NodeId> moveTo) {
    /** A machine of which this one knows but the name. */
    static Other unheard(NodeId node) {
        return new Other(
                node,
                false,
                false,
                false,
                MonotonicTime.ZERO,
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    boolean tells(GroupNews.Is is) {
        return news.filter(told -> told.is() == is).isPresent();
    }

    NodeView view(boolean copiesProven) {
        return new NodeView(
                alive,
                agentWell,
                seen,
                tells(GroupNews.Is.STANDBY),
                news.map(GroupNews::promotable).orElse(false) && copiesProven,
                reachable,
                news.map(GroupNews::failedHere).orElse(false));
    }
}
