// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a group.
 *
 * @param cluster the MetalCluster that it names, null where there is none
 * @param others  the other ClusterGroups of the namespace
 * @param silent  nodes whose entry in members was not written for too long
 * @param now     shown to people only
 */
public record GroupFacts(
        ClusterGroup group,
        @Nullable MetalCluster cluster,
        List<ClusterGroup> others,
        Set<String> silent,
        Instant now) {
    String name() {
        return group.getMetadata().getName();
    }
}
