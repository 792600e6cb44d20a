// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.GroupId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A group as its life sees it. Resources are in an order in which each comes after what it depends on.
 *
 * @throws IllegalArgumentException for two resources of one name, an unknown dependency or a cycle; the sentence says
 *     which, for it is shown to the person who wrote the group
 */
public record GroupPlan(GroupId id, List<ResourcePlan> resources, List<MonitorPlan> monitors, Recovery recovery) {
    public GroupPlan {
        resources = inOrder(resources);
        monitors = List.copyOf(monitors);
        Set<ResourceId> known = new HashSet<>();
        resources.forEach(resource -> known.add(resource.id()));
        for (MonitorPlan monitor : monitors) {
            if (!known.contains(monitor.on())) {
                throw new IllegalArgumentException("monitor " + monitor.name() + " watches '" + monitor.on()
                        + "', which is no resource of the group; name one of " + known);
            }
        }
    }

    public ResourcePlan resource(ResourceId id) {
        return resources.stream()
                .filter(resource -> resource.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** The resource and everything that needs it, directly or not. */
    public Set<ResourceId> withDependents(ResourceId id) {
        Set<ResourceId> found = new LinkedHashSet<>();
        found.add(id);
        // One pass is enough: resources are in order, so a dependent comes after what it depends on.
        for (ResourcePlan resource : resources) {
            if (resource.dependsOn().stream().anyMatch(found::contains)) {
                found.add(resource.id());
            }
        }
        return found;
    }

    /** The resource and everything that it needs, directly or not. */
    public Set<ResourceId> withDependencies(ResourceId id) {
        Set<ResourceId> found = new LinkedHashSet<>();
        found.add(id);
        // One pass is enough: backwards, what a resource needs comes after it.
        for (ResourcePlan resource : resources.reversed()) {
            if (found.contains(resource.id())) {
                found.addAll(resource.dependsOn());
            }
        }
        return found;
    }

    /** Whether a dead network alone may make the monitor fail: it checks an address, or something behind one. */
    boolean reachesOverNetwork(MonitorPlan monitor) {
        boolean address = resource(monitor.on()).stopClass() == StopClass.ADDRESS;
        boolean behindOne = resources.stream()
                .filter(resource -> resource.stopClass() == StopClass.ADDRESS)
                .anyMatch(resource -> withDependents(resource.id()).contains(monitor.on()));
        return address || (behindOne && !monitor.local());
    }

    private static List<ResourcePlan> inOrder(List<ResourcePlan> resources) {
        Map<ResourceId, ResourcePlan> left = new LinkedHashMap<>();
        for (ResourcePlan resource : resources) {
            if (left.put(resource.id(), resource) != null) {
                throw new IllegalArgumentException("two resources are named '" + resource.id() + "'; rename one");
            }
        }
        for (ResourcePlan resource : resources) {
            for (ResourceId needed : resource.dependsOn()) {
                if (!left.containsKey(needed)) {
                    throw new IllegalArgumentException("resource " + resource.id() + " depends on '" + needed
                            + "', which is no resource of the group; name one of " + left.keySet());
                }
            }
        }
        List<ResourcePlan> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            ResourcePlan next = left.values().stream()
                    .filter(resource -> resource.dependsOn().stream().noneMatch(left::containsKey))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "resources depend on each other in a circle: " + left.keySet() + "; break it"));
            ordered.add(next);
            left.remove(next.id());
        }
        return List.copyOf(ordered);
    }
}
