// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the other machines are and tell with regard to one group, at one moment. */
public record Others(List<Other> all) {
    public Others {
        all = List.copyOf(all);
    }

    public Other of(NodeId node) {
        return all.stream()
                .filter(other -> other.node().equals(node))
                .findFirst()
                .orElseGet(() -> Other.unheard(node));
    }

    /** The node whose agent tells that the group runs there: only a holder says so. */
    Optional<NodeId> running(List<NodeId> nodes) {
        return nodes.stream()
                .map(this::of)
                .filter(other -> other.alive() && other.tells(GroupNews.Is.RUNNING))
                .map(Other::node)
                .findFirst();
    }

    /** The target of a move that a living agent says is under way. */
    Optional<NodeId> moveTo() {
        return all.stream()
                .filter(Other::agentWell)
                .flatMap(other -> other.moveTo().stream())
                .findFirst();
    }

    /** Handovers because of failures that the others count within the window. */
    public int failovers() {
        return news().mapToInt(GroupNews::failovers).sum();
    }

    /** The highest mark that any of them tells; 0 for none. */
    public int stopMark() {
        return news().mapToInt(GroupNews::stopMark).max().orElse(0);
    }

    /** The longest bound of a start that any of them tells; zero while none has measured one. */
    public Duration startMeasured() {
        return Duration.ofMillis(news().mapToLong(GroupNews::startMillis).max().orElse(0));
    }

    private Stream<GroupNews> news() {
        return all.stream().flatMap(other -> other.news().stream());
    }
}
