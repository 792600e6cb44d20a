// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.agent.known.Causes;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.known.Known;
import io.metalha.node.agent.known.Others;
import io.metalha.node.agent.known.Own;
import io.metalha.node.agent.known.StartForecast;
import io.metalha.node.agent.peer.Peer;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Cause;
import io.metalha.node.group.Event;
import io.metalha.node.group.GroupMachine;
import io.metalha.node.placement.Placement;
import io.metalha.node.placement.Policy;
import io.metalha.node.placement.Situation;
import java.time.Duration;
import java.util.Optional;

/** Gathers what is known of one group at a moment, for those who decide and those who report. One thread. */
final class GroupView {
    private final GroupId id;
    private final AgentContext context;
    private final GroupMachine machine;
    private final MirrorSide mirrors;
    private final Known known;
    private ClusterGroup spec;
    private Policy policy;
    private Optional<String> addressPath;
    private boolean deleting;

    GroupView(ClusterGroup group, AgentContext context, GroupMachine machine, MirrorSide mirrors) {
        this.id = new GroupId(group.getMetadata().getName());
        this.context = context;
        this.machine = machine;
        this.mirrors = mirrors;
        this.known = new Known(context.self(), context.now());
        this.spec = group;
        this.policy = Plans.policy(group);
        this.addressPath = pathOfAddresses();
    }

    void specify(ClusterGroup next) {
        policy = Plans.policy(next);
        spec = next;
        addressPath = pathOfAddresses();
        known.specified();
    }

    /** The cluster's own specification changed: addresses may have. */
    void clusterChanged() {
        addressPath = pathOfAddresses();
    }

    private Optional<String> pathOfAddresses() {
        return spec.getSpec().resources().stream()
                .map(Resource::floatingIP)
                .filter(ip -> ip != null)
                .flatMap(ip -> context.view().pathOf(ip.address()).stream())
                .findFirst();
    }

    ClusterGroup spec() {
        return spec;
    }

    Policy policy() {
        return policy;
    }

    /** What this node remembers from turn to turn. */
    Known known() {
        return known;
    }

    void delete() {
        deleting = true;
    }

    boolean isDeleting() {
        return deleting;
    }

    boolean isStopped() {
        return own().isStopped();
    }

    /** Odd: stopped on purpose; the highest mark counts. */
    int stopMark() {
        return context.histories().of(id).stopMark();
    }

    Situation situation(MonotonicTime now) {
        Own own = own();
        Others others = others(now);
        known.hear(policy, own, others);
        return known.situation(policy, own, others, context.view().timing().lease(), now);
    }

    Event.Surroundings surroundings(MonotonicTime now) {
        boolean another = Placement.next(policy, situation(now).withHolder(context.self()))
                .isPresent();
        return new Event.Surroundings(another, others(now).failovers(), own().reachable(), now);
    }

    /** @param before who had the lease before the grant that took {@code waited} */
    Cause cause(Optional<NodeId> before, Duration waited, MonotonicTime now) {
        return Causes.of(
                context.self(),
                before,
                waited,
                others(now),
                context.view().timing(),
                startForecast(now).bound(),
                now);
    }

    /** What a start of the group may take, here or elsewhere. */
    StartForecast startForecast(MonotonicTime now) {
        return StartForecast.of(context.histories().of(id).startTimes(), others(now), machine.plan());
    }

    /** What this node tells the others of the group. */
    GroupNews news(MonotonicTime now) {
        Duration measured = context.histories().of(id).startTimes().startBound();
        return known.news(id.key(), own(), machine.failovers(now), measured, context.view()::numberOf, now);
    }

    Others others(MonotonicTime now) {
        return context.view().others(id, policy.nodes(), addressPath, now);
    }

    /** What a person's force must know of the group's other node. */
    Forcing.Surroundings forForce(MonotonicTime now) {
        Optional<NodeId> other = policy.nodes().stream()
                .filter(node -> !node.equals(context.self()))
                .findFirst();
        if (other.isEmpty()) {
            return new Forcing.Surroundings("no other node", false, "there is none");
        }
        Peer peer = context.view().peer(other.get());
        boolean promotable = peer.agentWell(now)
                && peer.group(id.key()).map(GroupNews::promotable).orElse(false);
        String heard = peer.alive()
                ? "which answers"
                : peer.seen()
                        ? "last heard " + now.since(peer.aliveSince()).toSeconds() + " s ago"
                        : "not heard since this agent began";
        return new Forcing.Surroundings(other.get().name(), promotable, heard);
    }

    private Own own() {
        return new Own(
                context.self(),
                machine.phase(),
                mirrors.promotable(),
                !mirrors.anyPrimary() || mirrors.redundant(),
                context.view().useful(context.self(), addressPath),
                stopMark(),
                deleting);
    }
}
