// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import java.time.Instant;
import java.util.List;

/** Plans a MetalNode's conditions; the rest of its status is its agent's. */
public final class NodePlanner {
    /** @param silent whether the agent has not written its status for too long */
    public List<Condition> plan(MetalNode node, boolean silent, Instant now) {
        MetalNodeStatus status = node.getStatus();
        List<Condition> before = status == null ? List.of() : status.conditions();
        var conditions = new Conditions(before, node.getMetadata().getGeneration(), now);
        String name = node.getMetadata().getName();
        if (status == null || status.reportedAt() == null) {
            conditions.set(
                    "Ready",
                    Condition.UNKNOWN,
                    "NotReported",
                    "The agent of " + name + " has not reported yet: start metalha-agent there.");
        } else if (silent) {
            conditions.set(
                    "Ready",
                    Condition.FALSE,
                    "NotReporting",
                    "The agent of %s last reported at %s: look at the machine, or at metalha-agent there."
                            .formatted(name, status.reportedAt()));
        } else if (!status.warnings().isEmpty()) {
            conditions.set(
                    "Ready",
                    Condition.TRUE,
                    "Warnings",
                    "Reports, with warnings: " + status.warnings().getFirst());
        } else {
            conditions.set("Ready", Condition.TRUE, "Reporting", "The agent reports.");
        }
        return conditions.list();
    }
}
