// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans a ClusterOperation: Pending → Accepted or Refused; Accepted → Running → Succeeded or Failed.
 *
 * <p>It is decided once, on the epoch that was in force then. Whether it is still right under that epoch is for the
 * agents to say: they refuse it under any other. A request may be refused, an outcome is copied.
 */
public final class OperationPlanner {
    /** Every wait has an end: what no agent takes up within this has failed, and agents act on Accepted only. */
    static final Duration TAKE_UP = Duration.ofSeconds(60);

    static final Duration PENDING_MAX = Duration.ofMinutes(10);
    private static final Duration RUNNING_MAX = Duration.ofMinutes(30);

    /** A question that its asker left behind, and what nodes answered with it, is worth nothing after this. */
    static final Duration QUESTION_KEPT = Duration.ofMinutes(5);

    /** Whether the operation is a question that nobody waits for any more: to be deleted. */
    public static boolean isStale(ClusterOperation operation, Instant now) {
        return isQuestion(operation)
                && age(operation.getMetadata().getCreationTimestamp(), now).compareTo(QUESTION_KEPT) > 0;
    }

    /** A question changes nothing: it waits for no operation, and none waits for it. */
    public static boolean isQuestion(ClusterOperation operation) {
        return operation.getSpec().type() == OperationType.EXPLAIN;
    }

    public ClusterOperationStatus plan(OperationFacts facts) {
        ClusterOperationStatus before = facts.operation().getStatus();
        OperationState state = before == null || before.state() == null ? OperationState.PENDING : before.state();
        return switch (state) {
            case PENDING ->
                isQuestion(facts.operation())
                        ? OperationStatus.done(facts, null, "the nodes answer in status.answers; nothing is changed")
                        : decide(facts, before);
            case ACCEPTED, RUNNING -> follow(facts, present(before));
            case SUCCEEDED, FAILED, REFUSED -> present(before);
        };
    }

    private static ClusterOperationStatus present(@Nullable ClusterOperationStatus before) {
        if (before == null) {
            throw new IllegalStateException("a state came from nowhere");
        }
        return before;
    }

    private ClusterOperationStatus decide(OperationFacts facts, @Nullable ClusterOperationStatus before) {
        Optional<ClusterOperation> blocking = blocking(facts);
        if (blocking.isPresent()) {
            String name = blocking.get().getMetadata().getName();
            return isPendingTooLong(facts)
                    ? OperationStatus.refused(
                            facts, "waited ten minutes for operation " + name + ": try again after it")
                    : OperationStatus.pending(facts, "waits for operation " + name + " on the same group");
        }
        ClusterGroup group = facts.group();
        if (group == null && facts.operation().getSpec().type() == OperationType.TEST_FENCING) {
            return answer(facts, null, TestFencing.check(facts));
        }
        if (group == null) {
            ClusterOperationSpec spec = facts.operation().getSpec();
            return OperationStatus.refused(
                    facts,
                    spec.group() == null
                            ? OperationChecks.notYet(spec.type())
                            : "there is no ClusterGroup " + spec.group() + " in this namespace: correct spec.group");
        }
        return answer(facts, OperationChecks.epoch(group), OperationChecks.check(facts, group));
    }

    private static ClusterOperationStatus answer(
            OperationFacts facts, @Nullable String epoch, OperationChecks.Verdict verdict) {
        return switch (verdict) {
            case OperationChecks.Verdict.Refuse(var why) -> OperationStatus.refused(facts, why);
            case OperationChecks.Verdict.Wait(var why) ->
                isPendingTooLong(facts)
                        ? OperationStatus.refused(
                                facts, why + "; ten minutes are over: create the operation again then")
                        : OperationStatus.pending(facts, why);
            case OperationChecks.Verdict.Done(var why) -> OperationStatus.done(facts, epoch, why);
            case OperationChecks.Verdict.Accept(var target, var what) ->
                OperationStatus.accepted(facts, epoch, target, what);
        };
    }

    private static boolean isPendingTooLong(OperationFacts facts) {
        return age(facts.operation().getMetadata().getCreationTimestamp(), facts.now())
                        .compareTo(PENDING_MAX)
                > 0;
    }

    /** One operation a group at a time; of two new ones the older goes first. */
    private static Optional<ClusterOperation> blocking(OperationFacts facts) {
        String group = facts.operation().getSpec().group();
        return facts.others().stream()
                .filter(other -> group != null && group.equals(other.getSpec().group()) && !isQuestion(other))
                .filter(other -> isUnderWay(other) || (isNew(other) && isOlder(other, facts.operation())))
                .findFirst();
    }

    private static boolean isUnderWay(ClusterOperation operation) {
        ClusterOperationStatus status = operation.getStatus();
        OperationState state = status == null ? null : status.state();
        return state == OperationState.ACCEPTED || state == OperationState.RUNNING;
    }

    private static boolean isNew(ClusterOperation operation) {
        ClusterOperationStatus status = operation.getStatus();
        return status == null || status.state() == null || status.state() == OperationState.PENDING;
    }

    private static boolean isOlder(ClusterOperation one, ClusterOperation other) {
        return Comparator.<ClusterOperation, String>comparing(
                                operation -> operation.getMetadata().getCreationTimestamp())
                        .thenComparing(operation -> operation.getMetadata().getName())
                        .compare(one, other)
                < 0;
    }

    private ClusterOperationStatus follow(OperationFacts facts, ClusterOperationStatus before) {
        String uid = facts.operation().getMetadata().getUid();
        ClusterGroup group = facts.group();
        Optional<OperationReport> report = group == null ? TestFencing.report(facts) : report(group, uid);
        if (report.isPresent()) {
            return OperationStatus.reported(facts, before, report.get());
        }
        boolean running = before.state() == OperationState.RUNNING;
        String since = running ? before.startedAt() : before.acceptedAt();
        Duration limit = running ? RUNNING_MAX : TAKE_UP;
        if (since != null && age(since, facts.now()).compareTo(limit) > 0) {
            return OperationStatus.failed(
                    facts,
                    before,
                    running
                            ? "no result within 30 minutes: read the agent's log"
                            : "no agent took it up within 60 seconds: look at metalha-agent on the group's nodes, then create"
                                    + " the operation again");
        }
        return before;
    }

    /** Several nodes may report (the old owner and the new one): an end counts before a beginning. */
    private static Optional<OperationReport> report(ClusterGroup group, String uid) {
        ClusterGroupStatus status = group.getStatus();
        List<Member> members = status == null ? List.of() : status.members();
        return members.stream()
                .flatMap(member -> member.operations().stream())
                .filter(report -> report.uid().equals(uid))
                .max(Comparator.comparing(report -> report.state() != OperationState.RUNNING));
    }

    static Duration age(@Nullable String since, Instant now) {
        return since == null ? Duration.ZERO : Duration.between(Instant.parse(since), now);
    }
}
