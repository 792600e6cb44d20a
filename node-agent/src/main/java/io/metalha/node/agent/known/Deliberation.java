// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.placement.Decision;
import io.metalha.node.placement.Placement;
import io.metalha.node.placement.Policy;
import io.metalha.node.placement.Situation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks placement turn by turn where one group belongs, and remembers since when it gives this answer. One thread. */
public final class Deliberation {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final DecisionJournal journal = new DecisionJournal();
    private Decision decision = new Decision.Wait("the agent has just started", List.of());
    private MonotonicTime since = MonotonicTime.ZERO;

    public Decision decision() {
        return decision;
    }

    public DecisionJournal journal() {
        return journal;
    }

    /** True when the answer or its reason is another than before. */
    public boolean decide(Policy policy, Situation situation, MonotonicTime now) {
        Decision next = Placement.decide(policy, situation);
        boolean same = next.getClass().equals(decision.getClass()) && next.why().equals(decision.why());
        if (!same) {
            since = now;
        }
        decision = next;
        journal.add(next, situation, now);
        return !same;
    }

    /** The handover of a running group that has been the answer for its settling time. */
    public Optional<Leave> due(Phase phase, MonotonicTime now) {
        if (decision instanceof Decision.HandOver over
                && phase instanceof Phase.Running running
                && now.since(MonotonicTime.later(since, running.since())).compareTo(over.settle()) >= 0) {
            return Optional.of(new Leave(kind(over.kind()), over.target().name(), over.why()));
        }
        return Optional.empty();
    }

    private static Leave.Kind kind(Decision.Kind kind) {
        return switch (kind) {
            case FAILBACK -> Leave.Kind.FAILBACK;
            case UNREACHABLE -> Leave.Kind.UNREACHABLE;
            case NOT_LISTED -> Leave.Kind.MOVE;
        };
    }

    /** A handover waits for its short settling time. */
    public boolean isAboutToMove(Phase phase) {
        return decision instanceof Decision.HandOver over
                && over.settle().compareTo(SOON) < 0
                && phase instanceof Phase.Running;
    }
}
