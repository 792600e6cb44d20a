// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec.Machine;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The operation TestFencing: which server is to try a server's fence devices, and what it found. */
final class TestFencing {
    private TestFencing() {}

    static OperationChecks.Verdict check(OperationFacts facts) {
        ClusterOperationSpec spec = facts.operation().getSpec();
        MetalCluster cluster = facts.cluster();
        if (cluster == null) {
            return new OperationChecks.Verdict.Refuse(
                    "there is no MetalCluster " + spec.cluster() + " in this namespace: correct spec.cluster");
        }
        Fencing fencing = cluster.getSpec().fencing();
        String victim = String.valueOf(spec.node());
        if (fencing == null
                || fencing.devices().stream().noneMatch(device -> device.node().equals(victim))) {
            return new OperationChecks.Verdict.Refuse(
                    victim + " has no fence device: add one to spec.fencing.devices of MetalCluster " + spec.cluster());
        }
        boolean really = Boolean.TRUE.equals(spec.powerOff());
        return cluster.getSpec().nodes().stream()
                .map(Machine::name)
                .filter(name -> !name.equals(victim) && isReady(facts.nodes(), name))
                .findFirst()
                .<OperationChecks.Verdict>map(name -> new OperationChecks.Verdict.Accept(
                        name,
                        name
                                + (really
                                        ? " is to power " + victim + " off"
                                        : " is to ask the fence devices of " + victim)))
                .orElseGet(() -> new OperationChecks.Verdict.Refuse(
                        "no other server reports that could do it: look at metalha-agent on the other servers"));
    }

    private static boolean isReady(List<MetalNode> nodes, String name) {
        return nodes.stream()
                .filter(node -> node.getMetadata().getName().equals(name))
                .map(node -> node.getStatus())
                .anyMatch(status -> status != null
                        && Conditions.find(status.conditions(), "Ready")
                                .filter(Condition::holds)
                                .isPresent());
    }

    /** An end counts before a beginning. */
    static Optional<OperationReport> report(OperationFacts facts) {
        String uid = facts.operation().getMetadata().getUid();
        return facts.nodes().stream()
                .map(node -> node.getStatus())
                .filter(status -> status != null)
                .map(MetalNodeStatus::fencing)
                .filter(fencing -> fencing != null)
                .flatMap(fencing -> fencing.operations().stream())
                .filter(report -> report.uid().equals(uid))
                .max(Comparator.comparing(report -> report.finishedAt() != null));
    }
}
