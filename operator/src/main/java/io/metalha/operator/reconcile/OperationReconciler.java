// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.operator.kube.StatusWriter;
import io.metalha.operator.plan.OperationFacts;
import io.metalha.operator.plan.OperationPlanner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** ClusterOperations: accepted or refused once, then followed by what agents report. */
@ControllerConfiguration(
        name = "clusteroperation",
        fieldManager = StatusWriter.OPERATOR,
        generationAwareEventProcessing = false)
public class OperationReconciler implements Reconciler<ClusterOperation> {
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration LOOK_FOR_STALE = Duration.ofMinutes(1);

    private final OperationPlanner planner = new OperationPlanner();
    private final StatusWriter writer;
    private final InstantSource wall;

    public OperationReconciler(StatusWriter writer, InstantSource wall) {
        this.writer = writer;
        this.wall = wall;
    }

    @Override
    public List<EventSource<?, ClusterOperation>> prepareEventSources(EventSourceContext<ClusterOperation> context) {
        var groups = InformerEventSourceConfiguration.from(ClusterGroup.class, ClusterOperation.class)
                .withName("groups")
                .withSecondaryToPrimaryMapper(group -> operationsOn(context, group))
                .withNamespacesInheritedFromController()
                .build();
        return List.of(new InformerEventSource<>(groups, context));
    }

    private static Set<ResourceID> operationsOn(EventSourceContext<ClusterOperation> context, ClusterGroup group) {
        return context.getPrimaryCache()
                .list(group.getMetadata().getNamespace(), operation -> group.getMetadata()
                        .getName()
                        .equals(operation.getSpec().group()))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    @Override
    public UpdateControl<ClusterOperation> reconcile(ClusterOperation operation, Context<ClusterOperation> context) {
        if (OperationPlanner.isStale(operation, wall.instant())) {
            context.getClient().resource(operation).delete();
            return UpdateControl.noUpdate();
        }
        ClusterOperationStatus before = operation.getStatus();
        if (hasEnded(before)) {
            return next(operation);
        }
        ClusterOperationStatus status = planner.plan(observe(operation, context));
        if (!status.equals(before)) {
            writer.apply(operation, new ClusterOperation(), status, StatusWriter.OPERATOR);
        }
        return hasEnded(status)
                ? next(operation)
                : UpdateControl.<ClusterOperation>noUpdate().rescheduleAfter(LOOK);
    }

    private static UpdateControl<ClusterOperation> next(ClusterOperation ended) {
        return OperationPlanner.isQuestion(ended)
                ? UpdateControl.<ClusterOperation>noUpdate().rescheduleAfter(LOOK_FOR_STALE)
                : UpdateControl.noUpdate();
    }

    private OperationFacts observe(ClusterOperation operation, Context<ClusterOperation> context) {
        String namespace = operation.getMetadata().getNamespace();
        String uid = operation.getMetadata().getUid();
        // Read live, not from the cache: a decision names the epoch that is in force, not one that was.
        String name = operation.getSpec().group();
        ClusterGroup group = name == null
                ? null
                : context.getClient()
                        .resources(ClusterGroup.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
        List<ClusterOperation> others = context.getPrimaryCache()
                .list(namespace, other -> !other.getMetadata().getUid().equals(uid))
                .toList();
        String clusterName = name == null ? operation.getSpec().cluster() : null;
        MetalCluster cluster = clusterName == null
                ? null
                : context.getClient()
                        .resources(MetalCluster.class)
                        .inNamespace(namespace)
                        .withName(clusterName)
                        .get();
        List<MetalNode> nodes = cluster == null
                ? List.of()
                : context.getClient()
                        .resources(MetalNode.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems();
        return new OperationFacts(operation, group, cluster, nodes, others, Set.of(), wall.instant());
    }

    private static boolean hasEnded(@Nullable ClusterOperationStatus status) {
        OperationState state = status == null ? null : status.state();
        return state == OperationState.SUCCEEDED || state == OperationState.FAILED || state == OperationState.REFUSED;
    }
}
