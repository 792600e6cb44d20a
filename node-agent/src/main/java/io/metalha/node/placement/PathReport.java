// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import io.metalha.node.core.NodeId;
import java.util.Set;

/**
 * What one node tells of one of its networks.
 *
 * @param heard the machines that it hears there, witnesses too
 */
public record PathReport(Carrier carrier, Set<NodeId> heard) {
    public enum Carrier {
        UP,
        DOWN,
        UNKNOWN
    }

    public PathReport {
        heard = Set.copyOf(heard);
    }
}
