// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import io.metalha.node.core.NodeId;
import io.metalha.node.placement.Decision.HandOver;
import io.metalha.node.placement.Decision.Stay;
import io.metalha.node.placement.Decision.Try;
import io.metalha.node.placement.Decision.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The strategy Priority: the first node of the list that can run the group, one whose addresses can be reached first. */
public final class Placement {
    /** At a cold start a later node of the list waits this long for the earlier ones to become able. */
    public static final Duration START_GRACE = Duration.ofSeconds(20);

    /** A cable is pulled on both sides within this, or it is not one event. */
    public static final Duration UNREACHABLE_SETTLE = Duration.ofMillis(400);

    /** Who is not the target of a move leaves the target this much time. */
    static final Duration MOVE_GRACE = Duration.ofSeconds(5);

    /** A node on which the group did not work tries only when nobody else did for this long. */
    static final Duration LAST_RESORT = Duration.ofSeconds(10);

    private Placement() {}

    public static Decision decide(Policy policy, Situation s) {
        boolean ours = s.holder().equals(Optional.of(s.self()));
        return ours ? whileHolding(policy, s) : whileNot(policy, s);
    }

    /** The node that would take over if the holder died now, by the same rule. */
    public static Optional<NodeId> next(Policy policy, Situation s) {
        return candidates(policy, s).stream()
                .filter(node -> !s.holder().equals(Optional.of(node)))
                .findFirst();
    }

    private static Decision whileHolding(Policy policy, Situation s) {
        List<String> rejected = hindrances(policy, s);
        if (policy.paused()) {
            return new Stay("the group is paused", rejected);
        }
        List<NodeId> others = candidates(policy, s).stream()
                .filter(node -> !node.equals(s.self()))
                .toList();
        if (others.isEmpty()) {
            return new Stay("no other node can take it", rejected);
        }
        NodeId best = others.getFirst();
        int own = policy.nodes().indexOf(s.self());
        if (own < 0) {
            return new HandOver(
                    Decision.Kind.NOT_LISTED,
                    best,
                    Duration.ZERO,
                    "placement.nodes no longer names this node",
                    rejected);
        }
        boolean bestReachable = s.view(best).reachable();
        if (!s.view(s.self()).reachable() && bestReachable) {
            return new HandOver(
                    Decision.Kind.UNREACHABLE,
                    best,
                    UNREACHABLE_SETTLE,
                    "the network of its addresses is dead here and alive on " + best,
                    rejected);
        }
        if (policy.automaticFailback() && policy.nodes().indexOf(best) < own && bestReachable) {
            return new HandOver(
                    Decision.Kind.FAILBACK,
                    best,
                    policy.failbackDelay(),
                    best + " stands earlier in placement.nodes and is good again",
                    rejected);
        }
        return new Stay("it runs here and nothing speaks for another place", rejected);
    }

    private static Decision whileNot(Policy policy, Situation s) {
        List<String> rejected = hindrances(policy, s);
        NodeView self = s.view(s.self());
        if (s.stopped()) {
            return new Wait("the group is stopped until a person starts it (ClusterOperation of type Start)", rejected);
        }
        if (policy.paused()) {
            return new Wait("the group is paused", rejected);
        }
        if (!policy.nodes().contains(s.self())) {
            return new Wait("placement.nodes does not name this node", rejected);
        }
        if (!self.standingBy()) {
            return new Wait("the group is not yet known to be stopped here", rejected);
        }
        if (!self.promotable()) {
            return new Wait("no copy here is known to be up to date", rejected);
        }
        if (s.cooling()) {
            return new Wait("this node gave it up a moment ago", rejected);
        }
        boolean ownerGone = s.lastOwner().isPresent()
                && !s.lastOwner().equals(Optional.of(s.self()))
                && s.moveTo().isEmpty();
        if (!policy.automaticFailover() && ownerGone) {
            return new Wait("failover.mode is Manual: a person moves it (ClusterOperation of type Move)", rejected);
        }
        return attempt(policy, s, rejected);
    }

    private static Decision attempt(Policy policy, Situation s, List<String> rejected) {
        if (s.moveTo().isPresent()) {
            NodeId target = s.moveTo().get();
            return target.equals(s.self())
                    ? new Try(Duration.ZERO, "it is being moved here", rejected)
                    : new Try(MOVE_GRACE, "it is being moved to " + target, rejected);
        }
        Optional<NodeId> expected = awaited(policy, s);
        if (expected.isPresent()) {
            return new Wait(
                    "waits for " + expected.get()
                            + ", which stands earlier in placement.nodes and may still be on its way up",
                    rejected);
        }
        if (s.view(s.self()).failedHere()) {
            return new Try(LAST_RESORT, "it did not work here lately: only when nobody else takes it", rejected);
        }
        List<NodeId> order = candidates(policy, s).stream()
                .filter(node -> !s.holder().equals(Optional.of(node)))
                .toList();
        int rank = Math.max(0, order.indexOf(s.self()));
        String why = rank == 0 ? "the first that can run it" : "number " + (rank + 1) + " of those that can run it";
        return new Try(s.slot().multipliedBy(rank), why, rejected);
    }

    /** At a cold start: an earlier node of the list that is not able yet, while it is worth waiting. */
    private static Optional<NodeId> awaited(Policy policy, Situation s) {
        boolean ownerKnown = s.lastOwner().map(owner -> s.view(owner).seen()).orElse(false);
        if (ownerKnown || s.uptime().compareTo(START_GRACE) >= 0) {
            return Optional.empty();
        }
        return policy.nodes().subList(0, policy.nodes().indexOf(s.self())).stream()
                .filter(node ->
                        !s.view(node).hindrance().isEmpty() && !s.view(node).failedHere())
                .findFirst();
    }

    /** Those that can take it, best first. */
    private static List<NodeId> candidates(Policy policy, Situation s) {
        List<NodeId> reachable = new ArrayList<>();
        List<NodeId> unreachable = new ArrayList<>();
        for (NodeId node : policy.nodes()) {
            if (s.view(node).hindrance().isEmpty()) {
                (s.view(node).reachable() ? reachable : unreachable).add(node);
            }
        }
        reachable.addAll(unreachable);
        return reachable;
    }

    private static List<String> hindrances(Policy policy, Situation s) {
        List<String> all = new ArrayList<>();
        for (NodeId node : policy.nodes()) {
            String hindrance = s.view(node).hindrance();
            if (!hindrance.isEmpty() && !s.holder().equals(Optional.of(node))) {
                all.add(node + " " + hindrance);
            } else if (!s.view(node).reachable()) {
                all.add(node + " cannot be reached by clients");
            }
        }
        return List.copyOf(all);
    }
}
