// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a cluster.
 *
 * @param nodes  MetalNodes of the namespace
 * @param groups ClusterGroups of the namespace that name this cluster
 * @param silent machines whose agents do not report
 * @param leaseTrouble why the Lease that shall vote is not there; null: it is, or none shall
 * @param now    shown to people only
 */
public record ClusterFacts(
        MetalCluster cluster,
        List<MetalNode> nodes,
        List<ClusterGroup> groups,
        Set<String> silent,
        @Nullable String leaseTrouble,
        Instant now) {
    public ClusterFacts(
            MetalCluster cluster, List<MetalNode> nodes, List<ClusterGroup> groups, Set<String> silent, Instant now) {
        this(cluster, nodes, groups, silent, null, now);
    }

    public ClusterFacts withLeaseTrouble(String trouble) {
        return new ClusterFacts(cluster, nodes, groups, silent, trouble, now);
    }
}
