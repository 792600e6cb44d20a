// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.known.Deliberation;
import io.metalha.node.agent.known.Known;
import io.metalha.node.agent.known.Own;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Cause;
import io.metalha.node.group.Event;
import io.metalha.node.group.GroupMachine;
import io.metalha.node.group.GroupPlan;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.group.ResourceId;
import io.metalha.node.local.Message;
import io.metalha.node.placement.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One group on this node: feeds its life with what happens, asks placement where it belongs, and has carried out what they
 * decide. One thread.
 */
final class GroupRunner {
    private final GroupId id;
    private final long life;
    private final AgentContext context;
    private final Runnable tellOthers;
    private final GroupMachine machine;
    private final GroupView view;
    private final Known known;
    private final Deliberation deliberation = new Deliberation();
    private final MirrorSide mirrors;
    private final KeeperSide keeper;
    private final ForceSide force;
    private final GroupEffects effects;
    private final MonitorStates monitorStates = new MonitorStates();
    private Instant phaseSince;

    /**
     * @param life       goes with every answer to what this runner began
     * @param tellOthers has the other agents told at once
     */
    GroupRunner(ClusterGroup group, AgentContext context, long life, Runnable tellOthers) {
        this.id = new GroupId(group.getMetadata().getName());
        this.life = life;
        this.context = context;
        this.tellOthers = tellOthers;
        this.mirrors = new MirrorSide(context.self());
        this.mirrors.define(group);
        GroupPlan plan = Plans.plan(group, context.self());
        this.machine = new GroupMachine(plan, pastHandovers());
        this.view = new GroupView(group, context, machine, mirrors);
        this.known = view.known();
        Consumer<Event> answer = event -> context.inbox().put(new Fact.OfGroup(id, life, event));
        this.keeper = new KeeperSide(id, context, answer);
        this.force = new ForceSide(id, context, mirrors);
        this.effects = new GroupEffects(group, context, mirrors, keeper, answer);
        this.phaseSince = context.wallNow();
    }

    GroupId id() {
        return id;
    }

    long life() {
        return life;
    }

    /** What is known of the group now. */
    GroupView view() {
        return view;
    }

    /** The group's life. */
    GroupMachine machine() {
        return machine;
    }

    MirrorSide mirrors() {
        return mirrors;
    }

    Deliberation deliberation() {
        return deliberation;
    }

    MonitorStates monitorStates() {
        return monitorStates;
    }

    Instant phaseSince() {
        return phaseSince;
    }

    /** Loads what a start needs, takes units over. */
    void warmUp() {
        effects.calls().warmUp();
    }

    /** The stopped group does not belong here any more. */
    void forget() {
        effects.calls().forget();
    }

    /** What a person should know of resources, although they run. */
    Map<ResourceId, String> warnings() {
        return effects.calls().warnings();
    }

    /** Another accepted specification. */
    void specify(ClusterGroup next) {
        GroupPlan plan = Plans.plan(next, context.self());
        boolean belonged = belongsHere();
        view.specify(next);
        mirrors.define(next);
        effects.specify(next);
        step(new Event.SpecChanged(plan, context.now()));
        if (!belonged && belongsHere() && machine.phase() instanceof Phase.Standby) {
            step(new Event.Unheld(left(), context.now()));
        }
        configureMirrors();
        say("acts on generation " + next.getMetadata().getGeneration());
    }

    /** The cluster's own specification changed: addresses may have. */
    void clusterChanged() {
        view.clusterChanged();
        configureMirrors();
    }

    /** Deletion was seen, and the policy allows it: stop in order, leave the data. */
    void delete() {
        if (!view.isDeleting()) {
            view.delete();
            say("is being deleted with deletionPolicy Stop: stops in order and leaves the data");
            giveUp(new Leave(Leave.Kind.STOP, "", "the group is being deleted"));
        }
    }

    void configureMirrors() {
        if (mirrors.hasMirrors() && context.view().cluster().isPresent() && belongsHere()) {
            effects.configureMirrors(mirrors.configure(
                    view.spec(), context.view(), context.paths().clusterKey()));
        }
    }

    /** After the agent's or the keeper's start: what the keeper holds for us. */
    void reconcile(Optional<Epoch> held) {
        Epoch ours = machine.phase().held();
        if (machine.phase() instanceof Phase.Fresh) {
            if (held.isPresent()) {
                known.resumed(held.get());
                step(new Event.Resumed(held.get(), context.now()));
            } else {
                step(new Event.Unheld(left(), context.now()));
            }
        } else if (!ours.equals(Epoch.NONE) && !held.equals(Optional.of(ours))) {
            lost(ours, "the keeper does not hold it any more");
        }
        keeper.forget();
    }

    private Event.Left left() {
        if (context.marker(id).exists() || mirrors.anyPrimary()) {
            return Event.Left.FROZEN;
        }
        return belongsHere() ? Event.Left.PERHAPS : Event.Left.NOTHING;
    }

    private boolean belongsHere() {
        return view.policy().nodes().contains(context.self());
    }

    /** Another node is gone: perhaps the group comes here. */
    void expect() {
        if (machine.phase() instanceof Phase.Standby) {
            effects.calls().expect();
        }
    }

    /** The {@code granted} line. */
    void granted(Message message) {
        Epoch epoch = Epoch.parse(message.get("epoch"));
        boolean news = !epoch.equals(machine.phase().held());
        // Before the first look at what is held: that look will find it.
        if (news && !(machine.phase() instanceof Phase.Fresh)) {
            MonotonicTime now = context.now();
            Duration waited = Duration.ofMillis(
                    message.find("waitedMillis").map(Long::parseLong).orElse(0L));
            Optional<NodeId> before = context.view()
                    .byNumber(message.find("owner").map(Integer::parseInt).orElse(0));
            Cause cause = view.cause(before, waited, now);
            known.granted(epoch);
            cause = force.granted(epoch, cause);
            effects.calls().expect();
            step(new Event.Granted(epoch, cause, context.now()));
        }
    }

    void lost(Epoch epoch, String reason) {
        known.lost();
        say("lost lease " + epoch + ": " + reason);
        step(new Event.Lost(epoch, reason, context.now()));
    }

    /** The {@code holder} line: who has the lease, as far as this node's voter knows. */
    void holder(Message message) {
        known.granted(
                context.view().byNumber((int) message.getLong("owner")),
                message.find("epoch").map(Epoch::parse));
    }

    /** The {@code refused} line. */
    void refused(Message message) {
        String said = message.get("reason")
                + message.find("holder")
                        .filter(h -> !h.equals("0"))
                        .map(h -> " by voter " + h)
                        .orElse("");
        if (known.refused(said)) {
            say("lease refused: " + said);
        }
        if (message.get("reason").equals("StaleCopy")) {
            known.sawRecord(Epoch.parse(message.get("epoch")));
        }
        force.refused(message, view);
    }

    /** A person accepts this node's copies though they may be stale. */
    void force(Forcing order) {
        force.begin(order);
        mark(false);
        known.forgive();
    }

    /** The last such word since this agent's start. */
    Optional<Forcing> forcing() {
        return force.last();
    }

    /** A person's or the operator's wish; see {@link Operations}. */
    void giveUp(Leave leave) {
        step(new Event.GiveUp(leave, context.now()));
    }

    void restart(String why) {
        step(new Event.RestartAsked(Set.of(), why, context.now()));
    }

    /** Marks the group stopped or started on purpose, everywhere: the highest mark counts. */
    void mark(boolean stopped) {
        if (Own.isStopped(view.stopMark()) != stopped) {
            adoptMark(view.stopMark() + 1);
        }
        if (!stopped) {
            known.forgive();
        }
    }

    private void adoptMark(int mark) {
        context.histories().change(id, entry -> entry.withStopMark(mark));
        say(Own.isStopped(mark) ? "is stopped on purpose" : "may be started again");
    }

    /** Once a turn: what the others say, where the group belongs, what the keeper should try. */
    void turn() {
        MonotonicTime now = context.now();
        int highestMark = view.others(now).stopMark();
        if (highestMark > view.stopMark()) {
            adoptMark(highestMark);
        }
        step(view.surroundings(now));
        step(new Event.Tick(now));
        if (deliberation.decide(view.policy(), view.situation(now), now)) {
            Decision next = deliberation.decision();
            say(next.inWords() + (next.rejected().isEmpty() ? "" : " (" + String.join("; ", next.rejected()) + ")"));
        }
        act(deliberation.decision(), now);
    }

    private void act(Decision decision, MonotonicTime now) {
        force.turn(now);
        if (force.isOpen() && machine.phase() instanceof Phase.Standby) {
            // Whatever placement thinks of a stale copy: the keeper answers with the record that it would be taken
            // against.
            keeper.acquire(Duration.ZERO, mirrors.goodCopies());
            return;
        }
        switch (decision) {
            case Decision.Try t -> keeper.acquire(t.delay(), mirrors.goodCopies());
            case Decision.Wait _, Decision.Stay _, Decision.HandOver _ -> keeper.leaveAlone(mirrors.goodCopies());
        }
        deliberation.due(machine.phase(), now).ifPresent(this::giveUp);
        if (view.isStopped() && machine.phase() instanceof Phase.Running) {
            giveUp(new Leave(Leave.Kind.STOP, "", "the group was stopped on purpose"));
        }
    }

    /** A handover waits for its short settling time. */
    boolean isAboutToMove() {
        return deliberation.isAboutToMove(machine.phase());
    }

    void step(Event event) {
        List<Event> events = List.of(event);
        if (event instanceof Event.MonitorResult result) {
            monitorStates.heard(result, context.wallNow());
            if (!result.ok()) {
                // A cable that was just pulled must be known before an address is held against anyone.
                context.view().lookAtPaths(context.now());
                events = List.of(view.surroundings(context.now()), event);
            }
        }
        Phase before = machine.phase();
        machine.step(events).forEach(effect -> {
            known.follow(effect, context.now());
            effects.carryOut(effect);
        });
        if (!before.getClass().equals(machine.phase().getClass())) {
            phaseSince = context.wallNow();
            if (machine.phase() instanceof Phase.Stopping stopping) {
                leave(stopping.leave());
            }
        }
    }

    private void leave(Leave leave) {
        known.leaves(leave, machine.plan().recovery().within(), context.now());
        switch (leave.kind()) {
            case FAILOVER -> {
                long wall = context.wallNow().toEpochMilli();
                context.histories().change(id, entry -> entry.withHandover(wall));
            }
            case FINAL -> mark(true);
            case MOVE, FAILBACK, UNREACHABLE, STOP -> {}
        }
        tellOthers.run();
    }

    private List<MonotonicTime> pastHandovers() {
        return context.histories().of(id).handovers(context.wallNow().toEpochMilli(), context.now());
    }

    private void say(String what) {
        Journal.say(id + ": " + what);
    }
}
