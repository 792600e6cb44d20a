// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.MetalClusterStatus;
import io.metalha.api.v1alpha1.VoterRole;
import java.util.List;
import java.util.Map;

/**
 * What should be so for a cluster.
 *
 * @param nodes  the MetalNodes that should exist, by name
 * @param remove MetalNodes of this cluster that should not
 */
public record ClusterPlan(
        MetalClusterStatus status, Map<String, VoterRole> nodes, List<String> remove, List<Note> notes) {}
