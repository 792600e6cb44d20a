// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.operator.kube.Events;
import io.metalha.operator.kube.StatusWriter;
import io.metalha.operator.plan.ClusterFacts;
import io.metalha.operator.plan.ClusterPlan;
import io.metalha.operator.plan.ClusterPlanner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** MetalClusters: voters, timers, conditions, and the MetalNodes that belong to them. */
@ControllerConfiguration(
        name = "metalcluster",
        finalizerName = "metalha.io/no-groups-left",
        fieldManager = StatusWriter.OPERATOR,
        generationAwareEventProcessing = false)
public class ClusterReconciler implements Reconciler<MetalCluster>, Cleaner<MetalCluster> {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration LOOK_WHILE_DELETING = Duration.ofSeconds(2);

    private final ClusterPlanner planner = new ClusterPlanner();
    private final StatusWriter writer;
    private final NodeObjects nodeObjects;
    private final LeaseObjects leaseObjects;
    private final Events events;
    private final ReportClock clock;
    private final InstantSource wall;

    public ClusterReconciler(
            StatusWriter writer,
            NodeObjects nodeObjects,
            LeaseObjects leaseObjects,
            Events events,
            ReportClock clock,
            InstantSource wall) {
        this.writer = writer;
        this.nodeObjects = nodeObjects;
        this.leaseObjects = leaseObjects;
        this.events = events;
        this.clock = clock;
        this.wall = wall;
    }

    @Override
    public List<EventSource<?, MetalCluster>> prepareEventSources(EventSourceContext<MetalCluster> context) {
        var nodes = InformerEventSourceConfiguration.from(MetalNode.class, MetalCluster.class)
                .withName("nodes")
                .withSecondaryToPrimaryMapper(node -> Set.of(new ResourceID(
                        node.getSpec().cluster(), node.getMetadata().getNamespace())))
                .withNamespacesInheritedFromController()
                .build();
        var groups = InformerEventSourceConfiguration.from(ClusterGroup.class, MetalCluster.class)
                .withName("groups")
                .withSecondaryToPrimaryMapper(group -> Set.of(new ResourceID(
                        group.getSpec().cluster(), group.getMetadata().getNamespace())))
                .withNamespacesInheritedFromController()
                .build();
        return List.of(new InformerEventSource<>(nodes, context), new InformerEventSource<>(groups, context));
    }

    @Override
    public UpdateControl<MetalCluster> reconcile(MetalCluster cluster, Context<MetalCluster> context) {
        Instant now = wall.instant();
        ClusterFacts facts = observe(cluster, context, now);
        ClusterPlan first = planner.plan(facts);
        // Before anyone is told to ask it.
        ClusterPlan plan = leaseObjects
                .ensure(cluster, first.status().voters())
                .map(trouble -> planner.plan(facts.withLeaseTrouble(trouble)))
                .orElse(first);
        if (!plan.status().equals(cluster.getStatus())) {
            events.write(cluster, plan.notes(), now);
            writer.apply(cluster, new MetalCluster(), plan.status(), StatusWriter.OPERATOR);
        }
        String namespace = cluster.getMetadata().getNamespace();
        String name = cluster.getMetadata().getName();
        plan.nodes().forEach((node, role) -> nodeObjects.ensure(namespace, node, name, role));
        plan.remove().forEach(node -> nodeObjects.remove(namespace, node));
        return UpdateControl.<MetalCluster>noUpdate().rescheduleAfter(LOOK);
    }

    /** A cluster goes only when no group needs it: agents without its voters could keep nothing alive. */
    @Override
    public DeleteControl cleanup(MetalCluster cluster, Context<MetalCluster> context) {
        ClusterFacts facts = observe(cluster, context, wall.instant());
        if (!facts.groups().isEmpty()) {
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK_WHILE_DELETING.toMillis());
        }
        String name = cluster.getMetadata().getName();
        facts.nodes().stream()
                .filter(node -> node.getSpec().cluster().equals(name))
                .forEach(node -> nodeObjects.remove(
                        cluster.getMetadata().getNamespace(), node.getMetadata().getName()));
        clock.forget(cluster.getMetadata().getUid());
        return DeleteControl.defaultDelete();
    }

    private ClusterFacts observe(MetalCluster cluster, Context<MetalCluster> context, Instant now) {
        String namespace = cluster.getMetadata().getNamespace();
        String name = cluster.getMetadata().getName();
        List<MetalNode> nodes = cache(context, MetalNode.class, "nodes")
                .list(namespace, _ -> true)
                .toList();
        List<ClusterGroup> groups = cache(context, ClusterGroup.class, "groups")
                .list(namespace, group -> group.getSpec().cluster().equals(name))
                .toList();
        Map<String, @Nullable String> reports = reports(cluster, nodes);
        Set<String> silent = new HashSet<>(clock.silent(
                cluster.getMetadata().getUid(), reports, () -> reports(cluster, live(context.getClient(), namespace))));
        // Who never reported is silent at once: there is no last report to give the benefit of the doubt.
        reports.forEach((machine, report) -> {
            if (report == null) {
                silent.add(machine);
            }
        });
        return new ClusterFacts(cluster, nodes, groups, silent, now);
    }

    private static List<MetalNode> live(KubernetesClient client, String namespace) {
        return client.resources(MetalNode.class).inNamespace(namespace).list().getItems();
    }

    private static Map<String, @Nullable String> reports(MetalCluster cluster, List<MetalNode> nodes) {
        var reports = new HashMap<String, @Nullable String>();
        cluster.getSpec().nodes().forEach(node -> reports.put(node.name(), null));
        cluster.getSpec().witnesses().forEach(node -> reports.put(node.name(), null));
        for (MetalNode node : nodes) {
            if (node.getStatus() != null) {
                reports.put(node.getMetadata().getName(), node.getStatus().reportedAt());
            }
        }
        return reports;
    }

    @SuppressWarnings("unchecked") // the source of that name and type is the one made above
    private static <T extends HasMetadata> InformerEventSource<T, MetalCluster> cache(
            Context<MetalCluster> context, Class<T> type, String name) {
        return (InformerEventSource<T, MetalCluster>)
                context.eventSourceRetriever().getEventSourceFor(type, name);
    }
}
