// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an operation.
 *
 * @param group  the group that it names, null where there is none
 * @param cluster the MetalCluster that it names in place of a group, null where there is none
 * @param nodes  MetalNodes of the namespace, where no group is named
 * @param others the other operations of the namespace
 * @param silent nodes of the group that do not report
 */
public record OperationFacts(
        ClusterOperation operation,
        @Nullable ClusterGroup group,
        @Nullable MetalCluster cluster,
        List<MetalNode> nodes,
        List<ClusterOperation> others,
        Set<String> silent,
        Instant now) {}
