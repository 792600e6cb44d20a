// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.ResourceState;
import io.metalha.node.agent.known.StartForecast;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Phase;
import io.metalha.node.group.ResourceId;
import io.metalha.node.group.StartTimes;
import io.metalha.node.placement.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A group on this node as the ClusterGroup's member entry shows it. */
final class MemberReport {
    private final AgentContext context;
    private final KeeperLines keeper;
    private final MonotonicWall wall;

    MemberReport(AgentContext context, KeeperLines keeper) {
        this.context = context;
        this.keeper = keeper;
        this.wall = new MonotonicWall(context.clock(), context.wall());
    }

    Member of(GroupRunner group, MonotonicTime now, @Nullable String reportedAt) {
        Phase phase = group.machine().phase();
        MemberRole role = role(group, phase);
        boolean ready = role == MemberRole.ACTIVE || (role == MemberRole.STANDBY && standbyReady(group, now));
        List<Member.Part> resources = new ArrayList<>();
        Map<ResourceId, String> warnings = group.warnings();
        group.machine()
                .plan()
                .resources()
                .forEach(resource -> resources.add(part(
                        resource.id().name(),
                        group.machine().resources().get(resource.id()),
                        warnings.getOrDefault(resource.id(), ""))));
        List<Member.Part> monitors = new ArrayList<>();
        boolean running = phase instanceof Phase.Running;
        group.machine().plan().monitors().stream()
                .filter(each -> !Plans.isWatch(each.name()))
                .forEach(monitor -> {
                    MonitorStates.MonitorState state =
                            group.monitorStates().of(monitor.name()).orElse(null);
                    ResourceState is = !running
                            ? ResourceState.STOPPED
                            : state == null
                                    ? ResourceState.UNKNOWN
                                    : state.ok() ? ResourceState.RUNNING : ResourceState.FAILED;
                    monitors.add(new Member.Part(
                            monitor.name(),
                            is,
                            state == null ? null : MonotonicWall.text(state.since()),
                            state == null || state.lastError().isEmpty() ? null : state.lastError()));
                });
        return new Member(
                context.self().name(),
                role,
                ready,
                ready ? null : reason(group, role, now),
                ready ? null : message(group),
                MonotonicWall.text(group.phaseSince()),
                group.view().known().highest().counter() == 0
                        ? null
                        : group.view().known().highest().toString(),
                group.view().spec().getMetadata().getGeneration(),
                reportedAt,
                resources,
                monitors,
                group.mirrors().report(),
                role == MemberRole.ACTIVE ? ifDiesNow(group, now) : null,
                context.histories().of(group.id()).operations(),
                context.histories().of(group.id()).failovers());
    }

    private static MemberRole role(GroupRunner group, Phase phase) {
        return switch (phase) {
            case Phase.Fresh _ -> MemberRole.UNKNOWN;
            case Phase.Standby _ -> group.view().isStopped() ? MemberRole.STOPPED : MemberRole.STANDBY;
            case Phase.Running _ -> MemberRole.ACTIVE;
            case Phase.Probing _, Phase.Listing _, Phase.Starting _, Phase.Recovering _ -> MemberRole.STARTING;
            case Phase.Stopping _, Phase.Releasing _, Phase.Ending _ -> MemberRole.STOPPING;
        };
    }

    private boolean standbyReady(GroupRunner group, MonotonicTime now) {
        var view = group.view().situation(now).nodes().get(context.self());
        return view != null
                && view.standingBy()
                && view.promotable()
                && !view.failedHere()
                && keeper.isUp()
                && group.view().known().hindrance().isEmpty();
    }

    private String reason(GroupRunner group, MemberRole role, MonotonicTime now) {
        if (!keeper.isUp()) {
            return "KeeperUnreachable";
        }
        if (role == MemberRole.STANDBY && !group.view().known().hindrance().isEmpty()) {
            return group.view().known().hindrance().replaceAll(" .*", "");
        }
        return switch (role) {
            case STANDBY ->
                group.view().known().failedHere(now)
                        ? "FailedHere"
                        : group.mirrors().promotable() ? "NotReady" : "CopyNotUpToDate";
            case STOPPED -> "StoppedOnPurpose";
            case STARTING -> "Starting";
            case STOPPING -> "Stopping";
            case ACTIVE, FAILED, UNKNOWN -> "Unknown";
        };
    }

    private static String message(GroupRunner group) {
        Optional<String> error = group.machine().resources().values().stream()
                .map(state -> state.lastError())
                .filter(text -> !text.isEmpty())
                .findFirst();
        return error.orElse(group.deliberation().decision().why())
                + (group.view().known().keeperSays().isEmpty()
                        ? ""
                        : " (keeper: " + group.view().known().keeperSays() + ")");
    }

    private Member.Part part(String name, io.metalha.node.group.@Nullable ResourceState state, String warning) {
        if (state == null) {
            return new Member.Part(name, ResourceState.UNKNOWN, null, null);
        }
        ResourceState is =
                switch (state.is()) {
                    case UNKNOWN -> ResourceState.UNKNOWN;
                    case STOPPED -> ResourceState.STOPPED;
                    case STARTING -> ResourceState.STARTING;
                    case RUNNING -> ResourceState.RUNNING;
                    case STOPPING -> ResourceState.STOPPING;
                    case FAILED -> ResourceState.FAILED;
                };
        String since = state.since().equals(MonotonicTime.ZERO) ? null : wall.text(state.since());
        String error = state.lastError().isEmpty() ? warning : state.lastError();
        return new Member.Part(name, is, since, error.isEmpty() ? null : error);
    }

    private Member.IfDiesNow ifDiesNow(GroupRunner group, MonotonicTime now) {
        Optional<NodeId> next =
                Placement.next(group.view().policy(), group.view().situation(now));
        if (next.isEmpty()) {
            String why = group.deliberation().decision().rejected().isEmpty()
                    ? "no other node can take it over"
                    : String.join("; ", group.deliberation().decision().rejected());
            return new Member.IfDiesNow(null, null, null, null, null, null, why);
        }
        long detect =
                StartTimes.leaseBound(context.view().timing(), Duration.ZERO).toMillis();
        StartForecast forecast = group.view().startForecast(now);
        long start = forecast.bound().toMillis();
        String loss = !group.mirrors().hasMirrors() || group.mirrors().redundant()
                ? "none"
                : "the other copy is not up to date";
        return new Member.IfDiesNow(next.get().name(), detect + start, detect, start, forecast.measured(), loss, null);
    }
}
