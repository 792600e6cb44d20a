// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.OperationType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether an operation may be handed to the agents, in the group's present state. */
final class OperationChecks {
    /** The answer to a request. */
    sealed interface Verdict {
        record Refuse(String why) implements Verdict {}

        /** Nothing to do: what is asked for is so. */
        record Done(String why) implements Verdict {}

        record Accept(@Nullable String target, String what) implements Verdict {}

        /** What it is to be judged by is not known yet. */
        record Wait(String why) implements Verdict {}
    }

    private OperationChecks() {}

    static Verdict check(OperationFacts facts, ClusterGroup group) {
        ClusterOperationSpec spec = facts.operation().getSpec();
        if (group.getMetadata().getDeletionTimestamp() != null) {
            return new Verdict.Refuse("group " + spec.group() + " is being deleted");
        }
        List<String> nodes = group.getSpec().placement().nodes();
        String node = spec.node();
        if (node != null && !nodes.contains(node)) {
            return new Verdict.Refuse("%s is not in the group's placement.nodes (%s): name one of these"
                    .formatted(node, String.join(", ", nodes)));
        }
        if (actsOnAnOwner(spec.type()) && epoch(group) == null) {
            return new Verdict.Wait("waits until group " + spec.group()
                    + " has an epoch, that is until some node has run it: agents act on one epoch only");
        }
        var view = new GroupView(new GroupFacts(group, null, List.of(), facts.silent(), facts.now()));
        return switch (spec.type()) {
            case MOVE -> move(view, node);
            case FAILBACK -> move(view, nodes.getFirst());
            case START ->
                view.active().isPresent()
                        ? new Verdict.Done("the group runs on "
                                + view.active().map(Member::node).orElse("") + " already")
                        : new Verdict.Accept(node, "the group is to be started");
            case STOP ->
                view.active().isEmpty() && view.unknown().isEmpty()
                        ? new Verdict.Done("the group runs nowhere already")
                        : new Verdict.Accept(null, "the group is to be stopped, and stays so until it is started");
            case RESTART ->
                view.active()
                        .<Verdict>map(
                                active -> new Verdict.Accept(active.node(), "the group is to be restarted in place"))
                        .orElseGet(() -> new Verdict.Refuse("the group runs nowhere: use Start"));
            case RESYNC, VERIFY -> new Verdict.Accept(node, "the mirrors are to be compared");
            case FORCE_TAKEOVER -> ForceChecks.check(view, node == null ? "" : node);
            case RESOLVE_SPLIT_BRAIN -> SplitBrainChecks.check(view, node == null ? "" : node);
            case DRAIN, TEST_FENCING, SIMULATE_FAILURE, EXPLAIN -> new Verdict.Refuse(notYet(spec.type()));
        };
    }

    /** Such an operation without an epoch would be carried out under whichever comes (safety rule 22). */
    private static boolean actsOnAnOwner(OperationType type) {
        return switch (type) {
            case MOVE, FAILBACK, STOP, RESTART, RESYNC, VERIFY -> true;
            case START, FORCE_TAKEOVER, DRAIN, RESOLVE_SPLIT_BRAIN, TEST_FENCING, SIMULATE_FAILURE, EXPLAIN -> false;
        };
    }

    static @Nullable String epoch(ClusterGroup group) {
        return group.getStatus() == null ? null : group.getStatus().epoch();
    }

    static String notYet(OperationType type) {
        return "operations of type " + Words.of(type) + " are not carried out in this version";
    }

    private static Verdict move(GroupView view, @Nullable String wanted) {
        Optional<Member> active = view.active();
        if (active.isEmpty()) {
            return new Verdict.Refuse("the group runs nowhere: use Start");
        }
        String from = active.get().node();
        if (from.equals(wanted)) {
            return new Verdict.Done("the group runs on " + wanted + " already");
        }
        List<String> standby = view.standby().stream().map(Member::node).toList();
        if (wanted == null) {
            return standby.isEmpty()
                    ? new Verdict.Refuse("no node can take the group over now: see the condition Redundant")
                    : accept(from, standby.getFirst());
        }
        return standby.contains(wanted)
                ? accept(from, wanted)
                : new Verdict.Refuse(wanted + " cannot take the group over now: " + why(view, wanted));
    }

    private static Verdict accept(String from, String target) {
        return new Verdict.Accept(target, "the group is to move from " + from + " to " + target);
    }

    private static String why(GroupView view, String node) {
        return view.member(node)
                .map(member -> {
                    if (!view.known(member)) {
                        return "it does not report";
                    }
                    return member.message() == null ? "it is not ready" : member.message();
                })
                .orElse("it has not reported yet");
    }
}
