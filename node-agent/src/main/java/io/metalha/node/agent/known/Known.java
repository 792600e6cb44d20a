// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Effect;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.placement.NodeView;
import io.metalha.node.placement.Policy;
import io.metalha.node.placement.Situation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** What this node remembers of one group from turn to turn. One thread. */
public final class Known {
    /** After it gave the group up, this node leaves it to others for so long. */
    static final Duration COOLING = Duration.ofSeconds(8);

    /** While a leave is under way; its end sets the true time. */
    private static final Duration LEAVING = Duration.ofDays(1);

    private final NodeId self;
    private final MonotonicTime since;
    private Epoch highest = Epoch.NONE;
    private Optional<NodeId> holder = Optional.empty();
    private Optional<NodeId> lastOwner = Optional.empty();
    private Optional<Leave> leaving = Optional.empty();
    private MonotonicTime coolingUntil = MonotonicTime.ZERO;
    private MonotonicTime kindToldUntil = MonotonicTime.ZERO;
    private MonotonicTime failedHereUntil = MonotonicTime.ZERO;
    private String keeperSays = "";

    /** @param since when this agent began to know the group */
    public Known(NodeId self, MonotonicTime since) {
        this.self = self;
        this.since = since;
    }

    /** The highest epoch seen. */
    public Epoch highest() {
        return highest;
    }

    /** Who has the lease, as far as this node's voter knows. */
    public Optional<NodeId> holder() {
        return holder;
    }

    /** Why the keeper was refused the lease; empty for no refusal. */
    public String keeperSays() {
        return keeperSays;
    }

    /** Why the keeper does not get the lease, though nobody has it; empty for none. */
    public String hindrance() {
        return keeperSays.startsWith("Held") ? "" : keeperSays;
    }

    /** Whether the group was given up here lately because it did not work. */
    public boolean failedHere(MonotonicTime now) {
        return now.isBefore(failedHereUntil);
    }

    /** The keeper holds the lease from before this agent's start. */
    public void resumed(Epoch epoch) {
        highest = epoch;
        holder = Optional.of(self);
    }

    public void granted(Epoch epoch) {
        highest = epoch.isAbove(highest) ? epoch : highest;
        keeperSays = "";
        holder = Optional.of(self);
        lastOwner = holder;
    }

    public void lost() {
        holder = Optional.empty();
    }

    /** What this node's voter last granted; nobody for an empty owner. */
    public void granted(Optional<NodeId> owner, Optional<Epoch> epoch) {
        epoch.filter(seen -> seen.isAbove(highest)).ifPresent(seen -> highest = seen);
        holder = owner;
        if (owner.isPresent()) {
            keeperSays = "";
            lastOwner = owner;
            if (!owner.get().equals(self)) {
                coolingUntil = MonotonicTime.ZERO;
            }
        }
    }

    /** The epoch of a record that nobody holds the lease of: what a person decides on must not be older. */
    public void sawRecord(Epoch seen) {
        highest = seen.isAbove(highest) ? seen : highest;
    }

    /** The keeper was refused the lease; true when it is for another reason than before. */
    public boolean refused(String why) {
        boolean news = !why.equals(keeperSays);
        keeperSays = why;
        return news;
    }

    /**
     * What a living peer's agent tells, that the group runs there, counts as knowing the owner. Story, without: server1 is
     * back for ten seconds, server2 runs the group and dies; server1, which heard of no holder from its voter yet, takes
     * this for a cold start and waits for server2 for another ten.
     */
    public void hear(Policy policy, Own own, Others others) {
        if (!own.holds()) {
            lastOwner = others.running(policy.nodes()).or(() -> lastOwner);
        }
    }

    /** @param within how long a failure here counts */
    public void leaves(Leave leave, Duration within, MonotonicTime now) {
        leaving = Optional.of(leave);
        coolingUntil = now.plus(LEAVING);
        if (leave.kind() == Leave.Kind.FAILOVER) {
            failedHereUntil = now.plus(within);
        }
    }

    /** What follows from an effect of the group's life. */
    public void follow(Effect effect, MonotonicTime now) {
        if (effect instanceof Effect.Started) {
            leaving = Optional.empty();
            failedHereUntil = MonotonicTime.ZERO;
        } else if (effect instanceof Effect.Left) {
            kindToldUntil = now.plus(COOLING);
            left(now);
        }
    }

    /**
     * Who has it by now is heard of at the keeper's pace. Story, without: (1) server2 gives the group back, its keeper tells that server1 holds it,
     * and only then server2's own release is answered. (2) server2 holds itself back for eight seconds. (3) server1 dies in the third of them.
     */
    private void left(MonotonicTime now) {
        if (holder.filter(node -> !node.equals(self)).isEmpty()) {
            coolingUntil = now.plus(COOLING);
            holder = Optional.empty();
        }
    }

    /** Another specification: what did not work may work now. */
    public void specified() {
        failedHereUntil = MonotonicTime.ZERO;
    }

    /** A person wants another try. */
    public void forgive() {
        failedHereUntil = MonotonicTime.ZERO;
        coolingUntil = MonotonicTime.ZERO;
    }

    /** @param slot between two candidates' attempts */
    public Situation situation(Policy policy, Own own, Others others, Duration slot, MonotonicTime now) {
        Map<NodeId, NodeView> nodes = new HashMap<>();
        for (NodeId node : policy.nodes()) {
            nodes.put(
                    node,
                    node.equals(self) ? ownView(own, now) : others.of(node).view(own.copiesProven()));
        }
        Optional<NodeId> elsewhere = own.holds() ? Optional.empty() : others.running(policy.nodes());
        return new Situation(
                self,
                nodes,
                own.holds()
                        ? Optional.of(self)
                        : holder.filter(node -> !node.equals(self)).or(() -> elsewhere),
                lastOwner,
                moveTarget(others, now),
                own.isStopped(),
                now.isBefore(coolingUntil),
                now.since(since),
                slot);
    }

    private NodeView ownView(Own own, MonotonicTime now) {
        return new NodeView(
                true,
                true,
                true,
                own.phase() instanceof Phase.Standby,
                own.promotable(),
                own.reachable(),
                failedHere(now));
    }

    /** The target that another, or this node a moment ago, moves the group to. */
    private Optional<NodeId> moveTarget(Others others, MonotonicTime now) {
        return leaving.filter(
                        leave -> now.isBefore(coolingUntil) && !leave.target().isEmpty())
                .map(leave -> new NodeId(leave.target()))
                .or(others::moveTo);
    }

    /**
     * What this node tells the others.
     *
     * @param numberOf   a node's voter number, 0 for none
     * @param startBound what was measured here, zero for nothing
     */
    public GroupNews news(
            long key, Own own, int failovers, Duration startBound, ToIntFunction<NodeId> numberOf, MonotonicTime now) {
        boolean moving = now.isBefore(coolingUntil)
                || own.phase() instanceof Phase.Stopping
                || own.phase() instanceof Phase.Releasing;
        Optional<Leave> leave = leaving.filter(_ -> moving);
        // Longer than the target: whoever takes it over looks up why it was left, and may be slower than our keeper is
        // to tell that it has it.
        Optional<Leave> told = leaving.filter(_ -> moving || now.isBefore(kindToldUntil));
        return new GroupNews(
                GroupNews.keyOf(key),
                own.is(),
                own.promotable(),
                failedHere(now),
                failovers,
                leave.filter(each -> !each.target().isEmpty())
                        .map(each -> numberOf.applyAsInt(new NodeId(each.target())))
                        .orElse(0),
                told.map(each -> kind(each.kind())).orElse(GroupNews.MoveKind.NONE),
                own.stopMark(),
                startBound.toMillis());
    }

    private static GroupNews.MoveKind kind(Leave.Kind kind) {
        return switch (kind) {
            case MOVE -> GroupNews.MoveKind.MOVE;
            case FAILBACK -> GroupNews.MoveKind.FAILBACK;
            case FAILOVER, UNREACHABLE -> GroupNews.MoveKind.FAILOVER;
            case STOP, FINAL -> GroupNews.MoveKind.NONE;
        };
    }
}
