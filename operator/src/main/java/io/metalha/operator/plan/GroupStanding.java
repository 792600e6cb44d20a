// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.DeletionPolicy;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a group stands, in conditions: each with its reason and a sentence that says the next step. */
record GroupStanding(
        GroupFacts facts, GroupView view, @Nullable Long accepted, List<Problem> problems) {
    List<Condition> conditions(List<Condition> before) {
        var conditions = new Conditions(before, facts.group().getMetadata().getGeneration(), facts.now());
        Verdict available = available();
        Verdict redundant = redundant(available);
        setReady(conditions, available);
        available.set(conditions, "Available");
        redundant.set(conditions, "Redundant");
        dataProtected().set(conditions, "DataProtected");
        FencingStanding.ofGroup(facts.cluster()).set(conditions);
        setReconciling(conditions);
        setStalled(conditions);
        return conditions.list();
    }

    private record Verdict(String status, String reason, String message) {
        void set(Conditions conditions, String type) {
            conditions.set(type, status, reason, message);
        }

        boolean isTrue() {
            return status.equals(Condition.TRUE);
        }
    }

    private void setReady(Conditions conditions, Verdict available) {
        if (deleting()) {
            conditions.set("Ready", Condition.FALSE, "Deleting", deletionText());
        } else if (!problems.isEmpty()) {
            conditions.set("Ready", Condition.FALSE, problems.getFirst().reason(), stalledText());
        } else if (!available.isTrue()) {
            available.set(conditions, "Ready");
        } else if (!isCurrent()) {
            conditions.set("Ready", Condition.FALSE, "Applying", applyingText());
        } else {
            conditions.set("Ready", Condition.TRUE, "Running", available.message());
        }
    }

    private Verdict available() {
        Member active = view.active().orElse(null);
        if (active == null) {
            return nowhere();
        }
        return switch (GroupView.roleOf(active)) {
            case ACTIVE ->
                Boolean.FALSE.equals(active.ready())
                        ? new Verdict(
                                Condition.FALSE,
                                reasonOf(active, "ResourceFailed"),
                                told(active, "is active, but not well"))
                        : new Verdict(Condition.TRUE, "Running", "Every resource runs on " + active.node() + ".");
            case STARTING -> new Verdict(Condition.FALSE, "Starting", told(active, "starts the group"));
            case STOPPING -> new Verdict(Condition.FALSE, "Stopping", told(active, "stops the group"));
            case STANDBY, STOPPED, FAILED, UNKNOWN ->
                new Verdict(Condition.UNKNOWN, "NotReporting", told(active, "does not say what it does"));
        };
    }

    private Verdict nowhere() {
        if (accepted == null) {
            return new Verdict(Condition.FALSE, "NotAccepted", "The spec was never accepted, so nothing was started.");
        }
        List<Member> unknown = view.unknown();
        if (view.members().isEmpty()) {
            return new Verdict(
                    Condition.UNKNOWN,
                    "NotReported",
                    "No agent has reported on this group yet: look at metalha-agent on " + nodes() + ".");
        }
        String why = view.known().stream()
                .map(member -> told(member, "does not run it"))
                .collect(Collectors.joining(" "));
        if (!unknown.isEmpty()) {
            String names = unknown.stream().map(Member::node).collect(Collectors.joining(", "));
            return new Verdict(
                    Condition.UNKNOWN,
                    "NotReporting",
                    "%s %s not report, so nobody can tell whether the group runs there. %s"
                            .formatted(names, unknown.size() == 1 ? "does" : "do", why)
                            .strip());
        }
        String reason = view.known().stream()
                .map(Member::reason)
                .filter(one -> one != null)
                .findFirst()
                .orElse("NotRunning");
        return new Verdict(Condition.FALSE, reason, why);
    }

    private Verdict redundant(Verdict available) {
        List<Member> standby = view.standby();
        if (!standby.isEmpty() && available.isTrue()) {
            return new Verdict(
                    Condition.TRUE, "StandbyReady", standby.getFirst().node() + " can take over now.");
        }
        if (facts.group().getSpec().placement().nodes().size() == 1) {
            return new Verdict(
                    Condition.FALSE,
                    "OneNode",
                    "placement.nodes names one node only: add a second one to survive its loss.");
        }
        if (view.members().isEmpty()) {
            return new Verdict(Condition.UNKNOWN, "NotReported", "No agent has reported on this group yet.");
        }
        if (!available.isTrue() && view.active().isEmpty()) {
            return new Verdict(Condition.FALSE, "NotRunning", "The group does not run.");
        }
        if (!standby.isEmpty()) {
            return new Verdict(Condition.FALSE, "Starting", "The group is not yet settled.");
        }
        return new Verdict(Condition.FALSE, standbyReason(), notReadyText());
    }

    private String standbyReason() {
        return view.notReady().stream()
                .map(node -> view.member(node)
                        .map(member -> view.known(member) ? reasonOf(member, "NoStandby") : "NotReporting")
                        .orElse("NotReported"))
                .findFirst()
                .orElse("NoStandby");
    }

    /** Why no other node can take over, a sentence a node. */
    String notReadyText() {
        return view.notReady().stream()
                .map(node -> view.member(node)
                        .map(member -> view.known(member)
                                ? told(member, "cannot take over")
                                : node + " does not report: bring it back, or look at metalha-agent there.")
                        .orElse(node + " has not reported yet: look at metalha-agent there."))
                .collect(Collectors.joining(" "));
    }

    private Verdict dataProtected() {
        MirrorWord word = MirrorWord.of(facts, view);
        return switch (word) {
            case NONE -> new Verdict(Condition.TRUE, "NoData", "The group has no mirrored disk.");
            case UP_TO_DATE -> new Verdict(Condition.TRUE, "UpToDate", "Every acknowledged write is on both nodes.");
            case RESYNC ->
                new Verdict(
                        Condition.FALSE,
                        "Resync",
                        "One copy only is good until the resync ends; MetalNode and metrics show how far it is.");
            case DEGRADED ->
                new Verdict(
                        Condition.FALSE,
                        "OneCopy",
                        "One copy only is good: bring back the other node or its disk, and the resync starts by itself.");
            case UNKNOWN ->
                new Verdict(Condition.UNKNOWN, "NotReported", "No agent has told the state of every mirror.");
            case DIVERGED ->
                new Verdict(
                        Condition.FALSE,
                        "Diverged",
                        "Both copies were written apart: choose the one to keep with a ClusterOperation ResolveSplitBrain.");
        };
    }

    private void setReconciling(Conditions conditions) {
        boolean moving = view.active()
                .map(active -> GroupView.roleOf(active) != MemberRole.ACTIVE)
                .orElse(false);
        if (deleting()) {
            conditions.set("Reconciling", Condition.TRUE, "Deleting", deletionText());
        } else if (moving || (view.active().isPresent() && !isCurrent())) {
            conditions.set("Reconciling", Condition.TRUE, moving ? "Moving" : "Applying", applyingText());
        } else {
            conditions.set("Reconciling", Condition.FALSE, "Settled", "Nothing is under way.");
        }
    }

    private void setStalled(Conditions conditions) {
        if (problems.isEmpty()) {
            conditions.set("Stalled", Condition.FALSE, "Valid", "The spec is acted upon.");
        } else {
            conditions.set("Stalled", Condition.TRUE, problems.getFirst().reason(), stalledText());
        }
    }

    /** The first problem, how many more there are, and what becomes of what runs. */
    String stalledText() {
        String more = problems.size() > 1 ? " (and %d more)".formatted(problems.size() - 1) : "";
        String rest = accepted == null
                ? " Nothing is started until then."
                : " What runs is untouched: generation %d stays in force.".formatted(accepted);
        return "Not acted upon: " + problems.getFirst().sentence() + more + "." + rest;
    }

    /** What becomes of the deletion. Deleting the CRDs passes no admission policy, so a running group may get here unasked. */
    String deletionText() {
        String waits = view.notStopped().stream()
                .map(member -> member.node() + " (" + word(member) + ")")
                .collect(Collectors.joining(", "));
        if (waits.isEmpty()) {
            return "Deleted: the group has stopped everywhere; its data stays.";
        }
        return facts.group().getSpec().deletionPolicy() == DeletionPolicy.STOP
                ? "Deleted: stopping in order, waiting for " + waits + ". Its data stays."
                : "Deleted, but deletionPolicy is Refuse, so " + waits
                        + " goes on: set spec.deletionPolicy to Stop to have it stopped.";
    }

    private String word(Member member) {
        return view.known(member) ? Words.of(GroupView.roleOf(member)) : "does not report";
    }

    private String applyingText() {
        return view.active()
                .map(active -> "%s acts on generation %s; %d is accepted."
                        .formatted(active.node(), active.observedGeneration(), accepted))
                .orElse("No node runs the group.");
    }

    /** Whether the active node acts on the newest generation. */
    boolean isCurrent() {
        Long seen = view.active().map(Member::observedGeneration).orElse(null);
        return seen != null && accepted != null && seen.longValue() == accepted.longValue();
    }

    /** One word for {@code kubectl get -o wide}: what is wrong, else why the group is where it is. */
    @Nullable
    String reason(@Nullable FailoverReport last) {
        if (deleting()) {
            return "Deleting";
        }
        if (!problems.isEmpty()) {
            return problems.getFirst().reason();
        }
        Verdict available = available();
        if (!available.isTrue()) {
            return available.reason();
        }
        return last == null ? "Running" : last.reason();
    }

    boolean deleting() {
        ClusterGroup group = facts.group();
        return group.getMetadata().getDeletionTimestamp() != null;
    }

    private String nodes() {
        return String.join(", ", facts.group().getSpec().placement().nodes());
    }

    private static String reasonOf(Member member, String otherwise) {
        String reason = member.reason();
        return reason == null ? otherwise : reason;
    }

    /** {@code server2: <its own message>}, or what its role means where it says nothing. */
    private static String told(Member member, String otherwise) {
        String message = member.message();
        return message == null ? member.node() + " " + otherwise + "." : member.node() + ": " + message;
    }
}
