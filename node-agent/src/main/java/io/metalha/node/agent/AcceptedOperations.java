// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operations that the operator accepted and that are not known to be begun: finds those that are this node's to begin, each
 * once (safety rule 22). Several nodes see them all; whose they are follows from what each knows of the group.
 */
final class AcceptedOperations {
    /** After this an operation that was decided on another epoch, and is still open, is refused. */
    private static final Duration ANOTHERS = Duration.ofSeconds(20);

    /** More accepted operations at once than this wait until others have ended. */
    private static final int OPEN_MAX = 1000;

    private final AgentContext context;
    private final Groups groups;
    private final Acceptance acceptance;
    private final Map<String, Open> open = new HashMap<>();

    private record Open(ClusterOperation operation, MonotonicTime since) {}

    /** Begins one operation. */
    interface Beginner {
        void begin(ClusterOperation operation, ClusterOperationStatus status, GroupRunner runner);
    }

    AcceptedOperations(AgentContext context, Groups groups, Acceptance acceptance) {
        this.context = context;
        this.groups = groups;
        this.acceptance = acceptance;
    }

    void shown(ClusterOperation operation) {
        ClusterOperationStatus status = operation.getStatus();
        String uid = operation.getMetadata().getUid();
        boolean accepted = status != null && status.state() == OperationState.ACCEPTED;
        if (accepted && operation.getSpec().group() != null && open.size() < OPEN_MAX) {
            Open known = open.get(uid);
            open.put(uid, new Open(operation, known == null ? context.now() : known.since()));
        } else {
            open.remove(uid);
        }
    }

    /** One after the other: what one changes counts for the next. Remembered as done before it is begun. */
    void beginMine(Beginner beginner) {
        for (Open each : List.copyOf(open.values())) {
            ClusterOperation operation = each.operation();
            String uid = operation.getMetadata().getUid();
            String group = operation.getSpec().group();
            ClusterOperationStatus status = operation.getStatus();
            GroupRunner runner =
                    group == null ? null : groups.of(new GroupId(group)).orElse(null);
            if (acceptance.isDone(uid)) {
                open.remove(uid);
            } else if (runner != null
                    && status != null
                    && mine(operation, runner)
                    && !isAnothers(each, status, runner)) {
                open.remove(uid);
                acceptance.operationDone(uid);
                beginner.begin(operation, status, runner);
            }
        }
    }

    /** Decided on an earlier epoch: most likely its owner has carried it out, and the operator has not read that yet. */
    private boolean isAnothers(Open each, ClusterOperationStatus status, GroupRunner runner) {
        return isOfAnotherEpoch(status, runner.machine().phase().held())
                && context.now().since(each.since()).compareTo(ANOTHERS) < 0;
    }

    /** Whether it was decided on another epoch than the one under which the group is held here. */
    static boolean isOfAnotherEpoch(ClusterOperationStatus status, Epoch held) {
        String decidedOn = status.epoch();
        return decidedOn != null && !held.equals(Epoch.NONE) && !held.equals(Epoch.parse(decidedOn));
    }

    /** The owner acts; on what runs nowhere, the first node of the placement that is listed and is this one. */
    private boolean mine(ClusterOperation operation, GroupRunner runner) {
        boolean holding = !runner.machine().phase().held().equals(Epoch.NONE);
        if (operation.getSpec().type() == OperationType.FORCE_TAKEOVER) {
            return context.self().name().equals(operation.getSpec().node())
                    && (holding || runner.machine().phase() instanceof Phase.Standby);
        }
        if (operation.getSpec().type() == OperationType.RESOLVE_SPLIT_BRAIN) {
            // The side that gives way acts.
            return !context.self().name().equals(operation.getSpec().node())
                    && runner.view().policy().nodes().contains(context.self());
        }
        if (holding) {
            return true;
        }
        boolean nobody = runner.view().known().holder().isEmpty();
        boolean first = runner.view().policy().nodes().stream()
                .filter(node ->
                        node.equals(context.self()) || context.view().peer(node).agentWell(context.now()))
                .findFirst()
                .equals(Optional.of(context.self()));
        return nobody && first && needsNoOwner(operation.getSpec().type());
    }

    private static boolean needsNoOwner(OperationType type) {
        return switch (type) {
            case START, STOP -> true;
            case MOVE,
                    FAILBACK,
                    RESTART,
                    DRAIN,
                    RESYNC,
                    VERIFY,
                    FORCE_TAKEOVER,
                    RESOLVE_SPLIT_BRAIN,
                    TEST_FENCING,
                    SIMULATE_FAILURE,
                    EXPLAIN -> false;
        };
    }
}
