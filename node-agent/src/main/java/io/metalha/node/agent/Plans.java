// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupSpec;
import io.metalha.api.v1alpha1.FailbackMode;
import io.metalha.api.v1alpha1.FailoverMode;
import io.metalha.api.v1alpha1.FinalAction;
import io.metalha.api.v1alpha1.Monitor;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.GroupPlan;
import io.metalha.node.group.MonitorPlan;
import io.metalha.node.group.Recovery;
import io.metalha.node.group.ResourceId;
import io.metalha.node.group.ResourcePlan;
import io.metalha.node.group.StopClass;
import io.metalha.node.placement.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A ClusterGroup as decisions see it. IllegalArgumentException with a sentence where it makes no sense. */
final class Plans {
    private static final String WATCH = "watch of ";

    private Plans() {}

    static GroupPlan plan(ClusterGroup group, NodeId self) {
        ClusterGroupSpec spec = group.getSpec();
        List<ResourcePlan> resources = new ArrayList<>();
        for (int i = 0; i < spec.resources().size(); i++) {
            Resource resource = spec.resources().get(i);
            List<ResourceId> needs;
            if (resource.dependsOn() != null) {
                needs = resource.dependsOn().stream().map(ResourceId::new).toList();
            } else {
                needs = i == 0
                        ? List.of()
                        : List.of(new ResourceId(spec.resources().get(i - 1).name()));
            }
            resources.add(new ResourcePlan(
                    new ResourceId(resource.name()),
                    stopClass(resource),
                    needs,
                    resource.startTimeout(),
                    resource.stopTimeout(),
                    fingerprint(resource, self)));
        }
        List<MonitorPlan> monitors = new ArrayList<>();
        spec.monitors().forEach(monitor -> monitors.add(monitor(spec, monitor)));
        resources.forEach(resource -> monitors.add(watch(resource)));
        ClusterGroupSpec.Failover failover = spec.failover();
        Recovery recovery = new Recovery(
                failover.restarts(),
                failover.maxFailovers(),
                failover.within(),
                failover.finalAction() == FinalAction.STOP_GROUP
                        ? Recovery.FinalAction.STOP_GROUP
                        : Recovery.FinalAction.KEEP_TRYING,
                failover.mode() == FailoverMode.AUTOMATIC && !spec.paused(),
                spec.paused());
        return new GroupPlan(new GroupId(group.getMetadata().getName()), resources, monitors, recovery);
    }

    static Policy policy(ClusterGroup group) {
        ClusterGroupSpec spec = group.getSpec();
        return new Policy(
                new GroupId(group.getMetadata().getName()),
                spec.placement().nodes().stream().map(NodeId::new).toList(),
                spec.failover().mode() == FailoverMode.AUTOMATIC,
                spec.failback().mode() == FailbackMode.AUTOMATIC,
                spec.failback().delay(),
                spec.paused());
    }

    private static StopClass stopClass(Resource resource) {
        return switch (type(resource)) {
            case Resource.MirrorDisk _ -> StopClass.DISK;
            case Resource.Filesystem _ -> StopClass.MOUNT;
            case Resource.FloatingIp _ -> StopClass.ADDRESS;
            case Resource.VirtualHostName _ -> StopClass.NAME;
            case Resource.SystemdUnit _ -> StopClass.PROCESS;
        };
    }

    static Resource.Type type(Resource resource) {
        Resource.Type type = resource.type();
        if (type == null) {
            throw new IllegalArgumentException("resource " + resource.name()
                    + " names no type this agent knows; upgrade the agent or correct the resource");
        }
        return type;
    }

    /** What a change of needs a restart: not a mirror's entries for other nodes. */
    private static String fingerprint(Resource resource, NodeId self) {
        return switch (type(resource)) {
            case Resource.MirrorDisk disk -> "mirrorDisk " + disk.backingOn(self.name()) + " " + disk.size();
            case Resource.Filesystem type -> type.toString();
            case Resource.FloatingIp type -> type.toString();
            case Resource.VirtualHostName type -> type.toString();
            case Resource.SystemdUnit type -> type.toString();
        };
    }

    /** Every resource is watched through its driver, whatever monitors the group names. */
    private static MonitorPlan watch(ResourcePlan resource) {
        return new MonitorPlan(watchName(resource.id()), resource.id(), Duration.ZERO, Duration.ZERO, 1, true, "");
    }

    /** No monitor of a manifest can have this name. */
    static String watchName(ResourceId resource) {
        return WATCH + resource;
    }

    static boolean isWatch(String monitor) {
        return monitor.startsWith(WATCH);
    }

    private static MonitorPlan monitor(ClusterGroupSpec spec, Monitor monitor) {
        return new MonitorPlan(
                monitor.name(),
                new ResourceId(watched(spec, monitor)),
                monitor.interval(),
                monitor.timeout(),
                monitor.failures(),
                isLocal(monitor),
                monitor.toString());
    }

    private static boolean isLocal(Monitor monitor) {
        return switch (monitor.type()) {
            case null -> true;
            case Monitor.SystemdUnitCheck _, Monitor.ProcessCheck _, Monitor.MirrorCheck _ -> true;
            case Monitor.MysqlCheck check -> check.socket() != null;
            case Monitor.HttpCheck _, Monitor.FloatingIpCheck _ -> false;
        };
    }

    /** The resource that a monitor names, or the last one of the fitting type. */
    static String watched(ClusterGroupSpec spec, Monitor monitor) {
        if (monitor.resource() != null) {
            return monitor.resource();
        }
        return spec.resources().reversed().stream()
                .filter(resource -> fits(monitor, resource))
                .map(Resource::name)
                .findFirst()
                .orElse(spec.resources().getLast().name());
    }

    private static boolean fits(Monitor monitor, Resource resource) {
        return switch (monitor.type()) {
            case null -> false;
            case Monitor.FloatingIpCheck _ -> resource.floatingIP() != null;
            case Monitor.MirrorCheck _ -> resource.mirrorDisk() != null;
            case Monitor.SystemdUnitCheck _, Monitor.ProcessCheck _, Monitor.MysqlCheck _, Monitor.HttpCheck _ ->
                resource.systemd() != null;
        };
    }
}
