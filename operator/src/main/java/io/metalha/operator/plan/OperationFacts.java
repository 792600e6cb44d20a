// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an operation.
 *
 * @param group  the group that it names, null where there is none
 * @param others the other operations of the namespace
 * @param silent nodes of the group that do not report
 */
public record OperationFacts(
        ClusterOperation operation,
        @Nullable ClusterGroup group,
        List<ClusterOperation> others,
        Set<String> silent,
        Instant now) {}
