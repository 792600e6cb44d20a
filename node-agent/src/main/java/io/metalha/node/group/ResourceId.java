// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

/** A resource by its name within its group. */
public record ResourceId(String name) implements Comparable<ResourceId> {
    public ResourceId {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a resource needs a name");
        }
    }

    @Override
    public int compareTo(ResourceId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
