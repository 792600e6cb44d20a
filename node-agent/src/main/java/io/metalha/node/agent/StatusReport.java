// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.ResourceState;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Phase;
import io.metalha.node.group.StartTimes;
import io.metalha.node.local.Message;
import io.metalha.node.placement.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What this node reports of itself: a member entry a group, and its MetalNode. On change and each ten seconds. */
final class StatusReport {
    private static final Duration REPEAT = Duration.ofSeconds(10);
    /** Changes within this are reported together. */
    private static final Duration SETTLE = Duration.ofMillis(400);

    private final AgentLoop agent;
    private final Publisher publisher;
    private final Map<String, Member> members = new HashMap<>();
    private final Map<String, String> warnings = new TreeMap<>();
    private final MonotonicWall wall;
    private @Nullable Message keeper;
    private MonotonicTime lookedAt = MonotonicTime.ZERO;
    private MonotonicTime repeatedAt = MonotonicTime.ZERO;
    private String nodeSaid = "";

    StatusReport(AgentLoop agent, Publisher publisher) {
        this.agent = agent;
        this.publisher = publisher;
        this.wall = new MonotonicWall(agent.clock());
    }

    void keeper(Message status) {
        keeper = status;
    }

    void warn(String what, String reason, String why) {
        String text = reason + ": " + what + ": " + why;
        if (!text.equals(warnings.put(what, text))) {
            Journal.say(text);
        }
    }

    void turn(MonotonicTime now) {
        if (now.since(lookedAt).compareTo(SETTLE) < 0) {
            return;
        }
        lookedAt = now;
        boolean repeat = now.since(repeatedAt).compareTo(REPEAT) >= 0;
        if (repeat) {
            repeatedAt = now;
        }
        for (GroupRunner group : agent.groups().values()) {
            Member member = member(group, now, null);
            if (repeat || !member.equals(members.get(group.id().name()))) {
                members.put(group.id().name(), member);
                publisher.member(group.id().name(), member(group, now, text(Instant.now())));
            }
        }
        node(repeat);
    }

    private void node(boolean repeat) {
        MetalNodeStatus status = nodeStatus(null);
        // Round trips change always and are worth a report only with the next repetition.
        String said = status.pathsUp() + status.warnings() + status.keeper();
        if (repeat || !said.equals(nodeSaid)) {
            nodeSaid = said;
            publisher.node(nodeStatus(text(Instant.now())));
        }
    }

    Member member(GroupRunner group, MonotonicTime now, @Nullable String reportedAt) {
        Phase phase = group.machine().phase();
        MemberRole role = role(group, phase);
        boolean ready = role == MemberRole.ACTIVE || (role == MemberRole.STANDBY && standbyReady(group, now));
        List<Member.Part> resources = new ArrayList<>();
        group.machine()
                .plan()
                .resources()
                .forEach(resource -> resources.add(
                        part(resource.id().name(), group.machine().resources().get(resource.id()))));
        List<Member.Part> monitors = new ArrayList<>();
        boolean running = phase instanceof Phase.Running;
        group.machine().plan().monitors().stream()
                .filter(each -> !Plans.isWatch(each.name()))
                .forEach(monitor -> {
                    GroupRunner.MonitorState state = group.monitorStates().get(monitor.name());
                    ResourceState is = !running
                            ? ResourceState.STOPPED
                            : state == null
                                    ? ResourceState.UNKNOWN
                                    : state.ok() ? ResourceState.RUNNING : ResourceState.FAILED;
                    monitors.add(new Member.Part(
                            monitor.name(),
                            is,
                            state == null ? null : text(state.since()),
                            state == null || state.lastError().isEmpty() ? null : state.lastError()));
                });
        return new Member(
                agent.self().name(),
                role,
                ready,
                ready ? null : reason(group, role),
                ready ? null : message(group),
                text(group.phaseSince()),
                group.highest().counter() == 0 ? null : group.highest().toString(),
                group.spec().getMetadata().getGeneration(),
                reportedAt,
                resources,
                monitors,
                group.mirrors().report(),
                role == MemberRole.ACTIVE ? ifDiesNow(group, now) : null,
                agent.history(group.id().name()).operations(),
                agent.history(group.id().name()).failovers());
    }

    private static MemberRole role(GroupRunner group, Phase phase) {
        return switch (phase) {
            case Phase.Fresh _ -> MemberRole.UNKNOWN;
            case Phase.Standby _ -> group.stoppedOnPurpose() ? MemberRole.STOPPED : MemberRole.STANDBY;
            case Phase.Running _ -> MemberRole.ACTIVE;
            case Phase.Probing _, Phase.Listing _, Phase.Starting _, Phase.Recovering _ -> MemberRole.STARTING;
            case Phase.Stopping _, Phase.Releasing _, Phase.Ending _ -> MemberRole.STOPPING;
        };
    }

    private boolean standbyReady(GroupRunner group, MonotonicTime now) {
        var view = group.situation(now).nodes().get(agent.self());
        return view != null
                && view.standingBy()
                && view.promotable()
                && !view.failedHere()
                && agent.keeperUp()
                && group.hindrance().isEmpty();
    }

    private String reason(GroupRunner group, MemberRole role) {
        if (!agent.keeperUp()) {
            return "KeeperUnreachable";
        }
        if (role == MemberRole.STANDBY && !group.hindrance().isEmpty()) {
            return group.hindrance().replaceAll(" .*", "");
        }
        return switch (role) {
            case STANDBY ->
                group.failedHere() ? "FailedHere" : group.mirrors().promotable() ? "NotReady" : "CopyNotUpToDate";
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
        return error.orElse(group.decision().why())
                + (group.keeperSays().isEmpty() ? "" : " (keeper: " + group.keeperSays() + ")");
    }

    private Member.Part part(String name, io.metalha.node.group.@Nullable ResourceState state) {
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
        String since = state.since().equals(MonotonicTime.ZERO) ? null : text(wall.at(state.since()));
        return new Member.Part(name, is, since, state.lastError().isEmpty() ? null : state.lastError());
    }

    private Member.IfDiesNow ifDiesNow(GroupRunner group, MonotonicTime now) {
        Optional<NodeId> next = Placement.next(group.policy(), group.situation(now));
        if (next.isEmpty()) {
            String why = group.decision().rejected().isEmpty()
                    ? "no other node can take it over"
                    : String.join("; ", group.decision().rejected());
            return new Member.IfDiesNow(null, null, null, null, null, null, why);
        }
        long detect =
                StartTimes.leaseBound(agent.view().timing(), Duration.ZERO).toMillis();
        boolean measured = group.startMeasured();
        long start = group.startBound().toMillis();
        String loss = !group.mirrors().hasMirrors() || group.mirrors().redundant()
                ? "none"
                : "the other copy is not up to date";
        return new Member.IfDiesNow(next.get().name(), detect + start, detect, start, measured, loss, null);
    }

    private MetalNodeStatus nodeStatus(@Nullable String reportedAt) {
        List<MetalNodeStatus.PeerPath> paths = new ArrayList<>();
        int up = 0;
        for (Peer peer : agent.view().peers().values()) {
            for (Map.Entry<String, Peer.PathState> path : peer.paths().entrySet()) {
                boolean isUp = path.getValue().up();
                up += isUp ? 1 : 0;
                paths.add(new MetalNodeStatus.PeerPath(
                        peer.name().name(),
                        path.getKey(),
                        isUp ? "Up" : "Down",
                        text(path.getValue().since()),
                        isUp ? path.getValue().rttMicros() : null));
            }
        }
        List<String> warned = new ArrayList<>(warnings.values());
        Message said = keeper;
        if (!agent.keeperUp()) {
            warned.add("KeeperUnreachable: keeper.sock does not answer; see journalctl -u metalha-keeper");
        } else if (said != null && !flag(said, "realtime")) {
            warned.add("NoRealTime: the keeper has no real-time priority, so high load may cost it a lease");
        }
        // Conditions are the operator's; an empty list is left out of the report.
        return new MetalNodeStatus(
                List.of(),
                reportedAt,
                up + "/" + paths.size(),
                paths,
                new MetalNodeStatus.Versions(
                        Versions.own(), null, null, Versions.kernel(), Versions.os(), Versions.bootId()),
                said == null
                        ? null
                        : new MetalNodeStatus.Keeper(
                                flag(said, "realtime"),
                                flag(said, "memoryLocked"),
                                said.find("watchdog").orElse(null),
                                said.find("collections").map(Long::valueOf).orElse(null),
                                null),
                new MetalNodeStatus.Capacity(Runtime.getRuntime().availableProcessors(), Versions.memoryBytes()),
                warned);
    }

    private static boolean flag(Message message, String key) {
        return message.find(key)
                .map(value -> value.equals("true") || value.equals("yes"))
                .orElse(false);
    }

    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Facts of the host that do not change while it runs. */
    private static final class Versions {
        static String own() {
            String version = StatusReport.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        static String kernel() {
            return System.getProperty("os.version", "");
        }

        static String os() {
            return line(Path.of("/etc/os-release"), "PRETTY_NAME=").replace("\"", "");
        }

        static String bootId() {
            return line(Path.of("/proc/sys/kernel/random/boot_id"), "");
        }

        static @Nullable Long memoryBytes() {
            String kib = line(Path.of("/proc/meminfo"), "MemTotal:").replaceAll("[^0-9]", "");
            return kib.isEmpty() ? null : Long.parseLong(kib) * 1024;
        }

        private static String line(Path file, String prefix) {
            try {
                return Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(prefix))
                        .map(line -> line.substring(prefix.length()).strip())
                        .findFirst()
                        .orElse("");
            } catch (IOException _) {
                return "";
            }
        }
    }
}
