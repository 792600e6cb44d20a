// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import io.metalha.node.core.NodeId;
import java.util.Map;
import java.util.Set;

/**
 * Whose network is broken when two machines do not hear each other on it.
 *
 * <p>A node's network is useless when it has no carrier, or when it hears nobody there while two others hear each other.
 * In doubt it is useful: with two machines only and a carrier on both, nobody can tell which side is cut, and moving
 * would help as often as not.
 */
public final class PathHealth {
    private PathHealth() {}

    /** @param reports what living machines tell of this path */
    public static boolean useful(NodeId node, Map<NodeId, PathReport> reports) {
        PathReport own = reports.get(node);
        if (own == null) {
            return true;
        }
        return switch (own.carrier()) {
            case DOWN -> false;
            case UP, UNKNOWN -> !own.heard().isEmpty() || !othersHearEachOther(node, reports);
        };
    }

    private static boolean othersHearEachOther(NodeId node, Map<NodeId, PathReport> reports) {
        for (Map.Entry<NodeId, PathReport> one : reports.entrySet()) {
            for (NodeId other : one.getValue().heard()) {
                Set<NodeId> heardByOther = reports.getOrDefault(
                                other, new PathReport(PathReport.Carrier.UNKNOWN, Set.of()))
                        .heard();
                boolean both = heardByOther.contains(one.getKey());
                if (both && !one.getKey().equals(node) && !other.equals(node)) {
                    return true;
                }
            }
        }
        return false;
    }
}
