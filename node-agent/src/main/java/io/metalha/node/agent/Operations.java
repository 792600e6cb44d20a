// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.placement.Placement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the operations that are this node's to do, each only under the epoch on which it was decided (safety rule 22), and
 * sees them to their end.
 */
final class Operations {
    /** An operation that has not come to its end by then is reported as failed. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final AgentContext context;
    private final Groups groups;
    private final AcceptedOperations accepted;
    private final Map<String, Running> running = new HashMap<>();
    private final Map<String, GivingWay> givingWay = new HashMap<>();

    /** One that was begun and whose end is awaited. */
    private record Running(
            String uid,
            OperationType type,
            GroupId group,
            String target,
            String why,
            MonotonicTime since,
            String startedAt) {}

    Operations(AgentContext context, Groups groups, Acceptance acceptance) {
        this.context = context;
        this.groups = groups;
        this.accepted = new AcceptedOperations(context, groups, acceptance);
    }

    void shown(ClusterOperation operation) {
        accepted.shown(operation);
    }

    private void begin(ClusterOperation operation, ClusterOperationStatus status, GroupRunner runner) {
        String uid = operation.getMetadata().getUid();
        OperationType type = operation.getSpec().type();
        Epoch held = runner.machine().phase().held();
        String decidedOn = status.epoch();
        if (AcceptedOperations.isOfAnotherEpoch(status, held)) {
            report(
                    runner,
                    uid,
                    OperationState.REFUSED,
                    "it was decided on epoch " + decidedOn + ", now it is " + held,
                    null);
            return;
        }
        String note = operation.getSpec().note() == null
                ? ""
                : ": " + operation.getSpec().note();
        String why = "ClusterOperation " + operation.getMetadata().getName() + " of type " + type
                + (type == OperationType.FORCE_TAKEOVER ? asked(operation) : "") + note;
        String target = target(operation, status, runner);
        String startedAt = now();
        Journal.say(runner.id() + ": carries out " + why);
        switch (type) {
            case MOVE, FAILBACK -> {
                if (target.isEmpty() || target.equals(context.self().name())) {
                    report(runner, uid, OperationState.REFUSED, "no other node can take the group now", null);
                    return;
                }
                Leave.Kind kind = type == OperationType.MOVE ? Leave.Kind.MOVE : Leave.Kind.FAILBACK;
                runner.giveUp(new Leave(kind, target, why));
            }
            case STOP -> {
                runner.mark(true);
                runner.giveUp(new Leave(Leave.Kind.STOP, "", why));
            }
            case START -> runner.mark(false);
            case RESTART -> runner.restart(why);
            case FORCE_TAKEOVER -> {
                if (!held.equals(Epoch.NONE)) {
                    report(runner, uid, OperationState.REFUSED, "the group runs here already", null);
                    return;
                }
                runner.force(new Forcing(Optional.ofNullable(decidedOn).map(Epoch::parse), context.now()));
            }
            case RESOLVE_SPLIT_BRAIN -> {
                if (!held.equals(Epoch.NONE)) {
                    report(
                            runner,
                            uid,
                            OperationState.REFUSED,
                            "the group runs here: this copy does not give way",
                            null);
                    return;
                }
                givingWay.put(uid, GivingWay.begin(runner, context));
            }
            case DRAIN, RESYNC, VERIFY, TEST_FENCING, SIMULATE_FAILURE, EXPLAIN -> {
                report(runner, uid, OperationState.REFUSED, "this version of the agent does not know " + type, null);
                return;
            }
        }
        report(runner, uid, OperationState.RUNNING, why, startedAt);
        running.put(uid, new Running(uid, type, runner.id(), target, why, context.now(), startedAt));
    }

    /** The API server keeps who sent a request in its audit log; the object itself names the program and the time. */
    private static String asked(ClusterOperation operation) {
        String with = operation.getMetadata().getManagedFields().stream()
                .map(ManagedFieldsEntry::getManager)
                .findFirst()
                .orElse("an unknown program");
        return " (created " + operation.getMetadata().getCreationTimestamp() + " with " + with + ")";
    }

    /**
     * The same without an API, from somebody who stands at this server.
     *
     * @return why not; empty: it is under way
     */
    String forceHere(GroupRunner runner, String why) {
        if (!(runner.machine().phase() instanceof Phase.Standby)) {
            return "the group is not standing by here, it is "
                    + runner.machine().phase().word();
        }
        Optional<NodeId> holder = runner.view().known().holder();
        if (holder.isPresent()) {
            return "the group is held by " + holder.get() + ": a stale copy is never put in the place of a running one";
        }
        if (runner.forcing().filter(Forcing::isOpen).isPresent()) {
            return "a force of it is under way: metalha-agent explain " + runner.id();
        }
        String uid = "local-" + now();
        Journal.say(runner.id() + ": carries out " + why);
        runner.force(new Forcing(Optional.empty(), context.now()));
        report(runner, uid, OperationState.RUNNING, why, now());
        running.put(
                uid,
                new Running(
                        uid,
                        OperationType.FORCE_TAKEOVER,
                        runner.id(),
                        context.self().name(),
                        why,
                        context.now(),
                        now()));
        return "";
    }

    private String target(ClusterOperation operation, ClusterOperationStatus status, GroupRunner runner) {
        if (status.target() != null) {
            return status.target();
        }
        if (operation.getSpec().node() != null) {
            return operation.getSpec().node();
        }
        return Placement.next(runner.view().policy(), runner.view().situation(context.now()))
                .map(NodeId::name)
                .orElse("");
    }

    /** Sees what was begun to its end. */
    void turn() {
        accepted.beginMine(this::begin);
        for (Running each : List.copyOf(running.values())) {
            GroupRunner runner = groups.of(each.group()).orElse(null);
            if (runner == null) {
                running.remove(each.uid());
            } else {
                outcome(each, runner).ifPresent(state -> {
                    String message = each.type() == OperationType.FORCE_TAKEOVER
                            ? each.why() + "; "
                                    + runner.forcing().map(Forcing::says).orElse("")
                            : switch (state) {
                                case SUCCEEDED ->
                                    "done in "
                                            + context.now().since(each.since()).toMillis() + " ms";
                                case FAILED ->
                                    "not done within " + DEADLINE.toMinutes() + " minutes, or done otherwise"
                                            + " than asked; see the group's members";
                                case PENDING, ACCEPTED, RUNNING, REFUSED -> "";
                            };
                    GivingWay way = givingWay.remove(each.uid());
                    report(runner, each.uid(), state, way == null ? message : way.says(), each.startedAt());
                    running.remove(each.uid());
                });
            }
        }
    }

    private Optional<OperationState> outcome(Running each, GroupRunner runner) {
        GivingWay way = givingWay.get(each.uid());
        if (way != null) {
            return way.outcome();
        }
        Phase phase = runner.machine().phase();
        boolean done =
                switch (each.type()) {
                    case MOVE, FAILBACK -> runsOn(each.target(), runner);
                    case STOP -> phase instanceof Phase.Standby;
                    case START -> phase instanceof Phase.Running || anotherRuns(runner);
                    case RESTART, FORCE_TAKEOVER -> phase instanceof Phase.Running;
                    case RESOLVE_SPLIT_BRAIN, DRAIN, RESYNC, VERIFY, TEST_FENCING, SIMULATE_FAILURE, EXPLAIN -> false;
                };
        boolean backHere = phase instanceof Phase.Running
                && (each.type() == OperationType.MOVE || each.type() == OperationType.FAILBACK);
        if (done) {
            return Optional.of(OperationState.SUCCEEDED);
        }
        if (each.type() == OperationType.FORCE_TAKEOVER
                && runner.forcing()
                        .filter(force -> force.is() == Forcing.Is.REFUSED)
                        .isPresent()) {
            return Optional.of(OperationState.REFUSED);
        }
        boolean late = context.now().since(each.since()).compareTo(DEADLINE) > 0;
        return late || backHere ? Optional.of(OperationState.FAILED) : Optional.empty();
    }

    private boolean runsOn(String node, GroupRunner runner) {
        return context.view()
                .peer(new NodeId(node))
                .group(runner.id().key())
                .map(told -> told.is() == GroupNews.Is.RUNNING)
                .orElse(false);
    }

    private boolean anotherRuns(GroupRunner runner) {
        return runner.view().policy().nodes().stream()
                .anyMatch(node -> !node.equals(context.self()) && runsOn(node.name(), runner));
    }

    private void report(
            GroupRunner runner, String uid, OperationState state, String message, @Nullable String startedAt) {
        boolean ended = state != OperationState.RUNNING;
        OperationReport entry =
                new OperationReport(uid, state, message, startedAt == null ? now() : startedAt, ended ? now() : null);
        context.histories().change(runner.id(), history -> history.withOperation(entry));
        Journal.say(runner.id() + ": operation " + uid + " " + state + ": " + message);
    }

    private String now() {
        return context.wallNow().truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
