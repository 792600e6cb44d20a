// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import io.metalha.node.core.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything a decision about one group looks at.
 *
 * @param self        the node that decides
 * @param nodes       what is known of each node, this one too
 * @param holder      the node that holds the group's lease, as far as known
 * @param lastOwner   the node that held it last
 * @param moveTo      the target of a planned move that is under way
 * @param stopped     a person, or the final action, stopped the group
 * @param cooling     this node gave the group up a moment ago: others first
 * @param uptime      since this agent knows the group
 * @param slot        between two candidates' attempts
 */
public record Situation(
        NodeId self,
        Map<NodeId, NodeView> nodes,
        Optional<NodeId> holder,
        Optional<NodeId> lastOwner,
        Optional<NodeId> moveTo,
        boolean stopped,
        boolean cooling,
        Duration uptime,
        Duration slot) {
    public Situation {
        nodes = Map.copyOf(nodes);
    }

    NodeView view(NodeId node) {
        return nodes.getOrDefault(node, NodeView.UNKNOWN);
    }

    public Situation withHolder(NodeId node) {
        return new Situation(self, nodes, Optional.of(node), lastOwner, moveTo, stopped, cooling, uptime, slot);
    }

    /** A line for the group, a line a node, for people. */
    public List<String> inWords() {
        List<String> lines = new ArrayList<>();
        lines.add("held by " + name(holder) + ", last by " + name(lastOwner)
                + moveTo.map(node -> ", being moved to " + node).orElse("")
                + (stopped ? ", stopped on purpose" : "")
                + (cooling ? ", given up here a moment ago" : "")
                + ", known for " + uptime.toSeconds() + " s");
        new TreeMap<>(nodes).forEach((node, view) -> lines.add(node + " " + view.inWords()));
        return List.copyOf(lines);
    }

    private static String name(Optional<NodeId> node) {
        return node.map(NodeId::name).orElse("nobody");
    }
}
