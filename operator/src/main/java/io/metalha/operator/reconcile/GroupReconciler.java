// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.operator.kube.Events;
import io.metalha.operator.kube.StatusWriter;
import io.metalha.operator.plan.Deletion;
import io.metalha.operator.plan.GroupFacts;
import io.metalha.operator.plan.GroupPlan;
import io.metalha.operator.plan.GroupPlanner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** ClusterGroups: accepted or not, how they stand, what happened; and the end of a deletion. */
@ControllerConfiguration(
        name = "clustergroup",
        finalizerName = "metalha.io/stop-in-order",
        fieldManager = StatusWriter.OPERATOR,
        generationAwareEventProcessing = false)
public class GroupReconciler implements Reconciler<ClusterGroup>, Cleaner<ClusterGroup> {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration LOOK_WHILE_DELETING = Duration.ofSeconds(2);

    private final GroupPlanner planner = new GroupPlanner();
    private final StatusWriter writer;
    private final Events events;
    private final ReportClock clock;
    private final GroupMetrics metrics;
    private final InstantSource wall;

    public GroupReconciler(
            StatusWriter writer, Events events, ReportClock clock, GroupMetrics metrics, InstantSource wall) {
        this.writer = writer;
        this.events = events;
        this.clock = clock;
        this.metrics = metrics;
        this.wall = wall;
    }

    @Override
    public List<EventSource<?, ClusterGroup>> prepareEventSources(EventSourceContext<ClusterGroup> context) {
        var clusters = InformerEventSourceConfiguration.from(MetalCluster.class, ClusterGroup.class)
                .withName("clusters")
                .withSecondaryToPrimaryMapper(cluster -> groupsOf(context, cluster))
                .withNamespacesInheritedFromController()
                .build();
        return List.of(new InformerEventSource<>(clusters, context));
    }

    private static Set<ResourceID> groupsOf(EventSourceContext<ClusterGroup> context, MetalCluster cluster) {
        return context.getPrimaryCache()
                .list(cluster.getMetadata().getNamespace(), group -> group.getSpec()
                        .cluster()
                        .equals(cluster.getMetadata().getName()))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    @Override
    public UpdateControl<ClusterGroup> reconcile(ClusterGroup group, Context<ClusterGroup> context) {
        publish(group, context);
        return UpdateControl.<ClusterGroup>noUpdate().rescheduleAfter(LOOK);
    }

    @Override
    public DeleteControl cleanup(ClusterGroup group, Context<ClusterGroup> context) {
        GroupFacts facts = publish(group, context);
        if (Deletion.isOver(facts)) {
            clock.forget(group.getMetadata().getUid());
            metrics.forget(group);
            return DeleteControl.defaultDelete();
        }
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK_WHILE_DELETING.toMillis());
    }

    private GroupFacts publish(ClusterGroup group, Context<ClusterGroup> context) {
        Instant now = wall.instant();
        GroupFacts facts = observe(group, context, now);
        GroupPlan plan = planner.plan(facts);
        ClusterGroupStatus before = group.getStatus();
        if (before == null || !plan.status().equals(before.withMembers(List.of()))) {
            events.write(group, plan.notes(), now);
            writer.apply(group, new ClusterGroup(), plan.status(), StatusWriter.OPERATOR);
        }
        publishUnknown(group, plan);
        metrics.show(group, plan.status());
        return facts;
    }

    /** Lays Unknown over members that do not report, and lets go once they do. */
    private void publishUnknown(ClusterGroup group, GroupPlan plan) {
        boolean held = StatusWriter.isManagedBy(group, StatusWriter.UNKNOWN_MEMBERS);
        boolean right = plan.unknown().stream().allMatch(member -> isLaidOver(group, member));
        if (held ? plan.unknown().isEmpty() || !right : !plan.unknown().isEmpty()) {
            var _ = writer.applyIfUnchanged(
                    group,
                    new ClusterGroup(),
                    ClusterGroupStatus.ofMembers(plan.unknown()),
                    StatusWriter.UNKNOWN_MEMBERS);
        }
    }

    private static boolean isLaidOver(ClusterGroup group, Member unknown) {
        return group.getStatus() != null
                && group.getStatus().members().stream()
                        .anyMatch(member -> member.node().equals(unknown.node()) && member.role() == unknown.role());
    }

    private GroupFacts observe(ClusterGroup group, Context<ClusterGroup> context, Instant now) {
        String namespace = group.getMetadata().getNamespace();
        String name = group.getMetadata().getName();
        var clusters = context.eventSourceRetriever().getEventSourceFor(MetalCluster.class, "clusters");
        MetalCluster cluster = ((InformerEventSource<MetalCluster, ClusterGroup>) clusters)
                .get(new ResourceID(group.getSpec().cluster(), namespace))
                .orElse(null);
        List<ClusterGroup> others = context.getPrimaryCache()
                .list(namespace, other -> !other.getMetadata().getName().equals(name))
                .toList();
        Set<String> silent = clock.silent(
                group.getMetadata().getUid(),
                reports(group),
                () -> reports(context.getClient()
                        .resources(ClusterGroup.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get()));
        return new GroupFacts(group, cluster, others, silent, now);
    }

    private static Map<String, @Nullable String> reports(@Nullable ClusterGroup group) {
        var reports = new HashMap<String, @Nullable String>();
        if (group != null && group.getStatus() != null) {
            group.getStatus().members().forEach(member -> reports.put(member.node(), member.reportedAt()));
        }
        return reports;
    }
}
