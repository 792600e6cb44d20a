// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.group.Phase.Aim;
import java.util.HashSet;
import java.util.Set;

/** Which resources are stopped and started again for what: as few as help. */
record Cycles(GroupPlan plan) {
    /** For a restart of the resource. An address or a name is put back in place, under what uses it. */
    Set<ResourceId> of(ResourceId id) {
        return switch (plan.resource(id).stopClass()) {
            case ADDRESS, NAME -> Set.of();
            case PROCESS, MOUNT, DISK -> plan.withDependents(id);
        };
    }

    /**
     * For another try of a start that failed. What ran until a moment ago may fail because of what lies beneath it. Story,
     * without: (1) the mirror's process dies, and MariaDB with it, whose disk gives errors; (2) the unit is noticed first, and started again,
     * twice, on the dead disk; (3) the group is handed over, although the mirror has been back since the first try.
     */
    Set<ResourceId> deeper(ResourceId id, Aim aim) {
        Set<ResourceId> cycle = of(id);
        return switch (aim) {
            case Aim.Takeover _ -> cycle;
            case Aim.Restart _, Aim.Adjust _ -> {
                // An address or a name is put back under what uses it, however often that takes.
                Set<ResourceId> all = new HashSet<>(cycle);
                if (!cycle.isEmpty()) {
                    plan.withDependencies(id).forEach(needed -> all.addAll(of(needed)));
                }
                yield all;
            }
        };
    }

    /** For a person's wish to restart these; none means all. */
    Set<ResourceId> asked(Set<ResourceId> resources) {
        Set<ResourceId> cycle = new HashSet<>();
        plan.resources().stream()
                .map(ResourcePlan::id)
                .filter(id -> resources.isEmpty() || resources.contains(id))
                .forEach(id -> cycle.addAll(plan.withDependents(id)));
        return cycle;
    }
}
