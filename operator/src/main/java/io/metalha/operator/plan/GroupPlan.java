// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import java.util.List;

/**
 * What should be so for a group.
 *
 * @param status  everything but members, which agents own
 * @param unknown entries to lay over the members that do not report
 */
public record GroupPlan(ClusterGroupStatus status, List<Member> unknown, List<Note> notes) {}
