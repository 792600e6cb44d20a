// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.operator.kube.StatusWriter;
import io.metalha.operator.plan.NodePlanner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** MetalNodes: whether their agents report. */
@ControllerConfiguration(
        name = "metalnode",
        fieldManager = StatusWriter.OPERATOR,
        generationAwareEventProcessing = false)
public class NodeReconciler implements Reconciler<MetalNode> {
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final NodePlanner planner = new NodePlanner();
    private final StatusWriter writer;
    private final ReportClock clock;
    private final InstantSource wall;

    public NodeReconciler(StatusWriter writer, ReportClock clock, InstantSource wall) {
        this.writer = writer;
        this.clock = clock;
        this.wall = wall;
    }

    @Override
    public UpdateControl<MetalNode> reconcile(MetalNode node, Context<MetalNode> context) {
        boolean silent = !clock.silent(
                        node.getMetadata().getUid(),
                        report(node),
                        () -> report(context.getClient().resource(node).get()))
                .isEmpty();
        List<Condition> conditions = planner.plan(node, silent, wall.instant());
        if (node.getStatus() == null || !conditions.equals(node.getStatus().conditions())) {
            var status = new MetalNodeStatus(conditions, null, null, List.of(), null, null, null, null, List.of());
            writer.apply(node, new MetalNode(), status, StatusWriter.OPERATOR);
        }
        return UpdateControl.<MetalNode>noUpdate().rescheduleAfter(LOOK);
    }

    private static Map<String, @Nullable String> report(@Nullable MetalNode node) {
        var report = new HashMap<String, @Nullable String>();
        if (node != null) {
            report.put(
                    node.getMetadata().getName(),
                    node.getStatus() == null ? null : node.getStatus().reportedAt());
        }
        return report;
    }
}
