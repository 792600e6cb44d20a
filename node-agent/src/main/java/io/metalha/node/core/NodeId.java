// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

/** A server or witness by its name in the MetalCluster: an RFC 1123 label, 1 to 63 characters. */
public record NodeId(String name) implements Comparable<NodeId> {
    public NodeId {
        Names.requireLabel(name, "node name");
    }

    @Override
    public int compareTo(NodeId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
