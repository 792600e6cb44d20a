// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The order in which resources wait for each other: dependsOn, or the resource before in the list. */
final class Dependencies {
    private enum Mark {
        OPEN,
        DONE
    }

    private Dependencies() {}

    static Map<String, Resource> byName(List<Resource> resources) {
        var byName = new LinkedHashMap<String, Resource>();
        resources.forEach(resource -> byName.put(resource.name(), resource));
        return byName;
    }

    /** A circle such as [a, b, a], where there is one. */
    static Optional<List<String>> findCycle(List<Resource> resources) {
        Map<String, List<String>> edges = edges(resources);
        var marks = new HashMap<String, Mark>();
        for (String name : edges.keySet()) {
            var trail = new ArrayList<String>();
            if (walk(name, edges, marks, trail)) {
                return Optional.of(trail.subList(trail.indexOf(trail.getLast()), trail.size()));
            }
        }
        return Optional.empty();
    }

    private static Map<String, List<String>> edges(List<Resource> resources) {
        var edges = new LinkedHashMap<String, List<String>>();
        String previous = null;
        for (Resource resource : resources) {
            List<String> dependsOn = resource.dependsOn();
            if (dependsOn == null) {
                dependsOn = previous == null ? List.of() : List.of(previous);
            }
            edges.put(resource.name(), dependsOn);
            previous = resource.name();
        }
        return edges;
    }

    /** At most 64 deep: a group has no more resources. True when the trail ends in a name that it already holds. */
    private static boolean walk(
            String name, Map<String, List<String>> edges, Map<String, Mark> marks, List<String> trail) {
        trail.add(name);
        Mark mark = marks.get(name);
        if (mark == Mark.OPEN) {
            return true;
        }
        if (mark == null) {
            marks.put(name, Mark.OPEN);
            for (String next : edges.getOrDefault(name, List.of())) {
                if (walk(next, edges, marks, trail)) {
                    return true;
                }
            }
            marks.put(name, Mark.DONE);
        }
        trail.removeLast();
        return false;
    }
}
