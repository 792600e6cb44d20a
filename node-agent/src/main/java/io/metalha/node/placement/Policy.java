// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import java.time.Duration;
import java.util.List;

/**
 * What the specification says about where a group runs.
 *
 * @param nodes             the preferred one first (strategy Priority)
 * @param automaticFailover whether a dead owner's group is taken without a person
 * @param failbackDelay     how long a preferred node must have been good without a break
 * @param paused            nothing is started, stopped or moved by itself
 */
public record Policy(
        GroupId group,
        List<NodeId> nodes,
        boolean automaticFailover,
        boolean automaticFailback,
        Duration failbackDelay,
        boolean paused) {
    public Policy {
        nodes = List.copyOf(nodes);
    }
}
