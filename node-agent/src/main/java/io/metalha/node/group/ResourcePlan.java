// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import java.time.Duration;
import java.util.List;

/**
 * A resource as the group's life sees it.
 *
 * @param dependsOn   started before this one, stopped after it
 * @param startTimeout bound on one start
 * @param stopTimeout bound on one stop
 * @param fingerprint changes when the resource's definition does, which restarts it (and nothing it does not carry)
 */
public record ResourcePlan(
        ResourceId id,
        StopClass stopClass,
        List<ResourceId> dependsOn,
        Duration startTimeout,
        Duration stopTimeout,
        String fingerprint) {
    public ResourcePlan {
        dependsOn = List.copyOf(dependsOn);
    }
}
