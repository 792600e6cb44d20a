// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Cause;
import io.metalha.node.group.Effect;
import io.metalha.node.group.Event;
import io.metalha.node.group.GroupMachine;
import io.metalha.node.group.GroupPlan;
import io.metalha.node.group.Leave;
import io.metalha.node.group.Phase;
import io.metalha.node.group.ResourcePlan;
import io.metalha.node.group.StartTimes;
import io.metalha.node.local.Message;
import io.metalha.node.placement.Decision;
import io.metalha.node.placement.NodeView;
import io.metalha.node.placement.Placement;
import io.metalha.node.placement.Policy;
import io.metalha.node.placement.Situation;
import io.metalha.node.resource.ResourceDriver.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One group on this node: feeds its life with what happens, asks placement where it belongs, and carries out what they
 * decide. One thread; whatever takes time runs elsewhere and comes back as an event.
 */
final class GroupRunner {
    /** After it gave the group up, this node leaves it to others for so long. */
    private static final Duration COOLING = Duration.ofSeconds(8);

    private static final Duration SOON = Duration.ofSeconds(2);

    private static final Duration RELEASE_AGAIN = Duration.ofMillis(200);
    private static final int RELEASES_MAX = 10;

    private final GroupId id;
    private final AgentContext context;
    private final GroupCalls calls;
    private final GroupMachine machine;
    private final MirrorSide mirrors;
    private final MonotonicTime createdAt;
    private final Map<String, MonitorState> monitorStates = new TreeMap<>();
    private ClusterGroup spec;
    private Policy policy;
    private Optional<String> addressPath;
    private Decision decision = new Decision.Wait("the agent has just started", List.of());
    private MonotonicTime decidedSince = MonotonicTime.ZERO;
    private Message want = Message.of("want");
    private Epoch highest = Epoch.NONE;
    private Optional<NodeId> holder = Optional.empty();
    private Optional<NodeId> lastOwner = Optional.empty();
    private MonotonicTime coolingUntil = MonotonicTime.ZERO;
    private MonotonicTime failedHereUntil = MonotonicTime.ZERO;
    private Optional<Leave> leaving = Optional.empty();
    private Instant phaseSince = Instant.now();
    private String keeperSays = "";
    private boolean deleting;

    record MonitorState(boolean ok, Instant since, String lastError) {}

    GroupRunner(ClusterGroup group, AgentContext context, long life) {
        this.id = new GroupId(group.getMetadata().getName());
        this.context = context;
        this.createdAt = context.now();
        this.spec = group;
        this.policy = Plans.policy(group);
        this.mirrors = new MirrorSide(context.self());
        this.mirrors.define(group);
        GroupPlan plan = Plans.plan(group, context.self());
        this.machine = new GroupMachine(plan, pastHandovers());
        this.calls = new GroupCalls(group, context.drivers(), context.clock(), event -> context.inbox()
                .put(new Fact.OfGroup(id, life, event)));
        this.addressPath = addressPath();
    }

    GroupId id() {
        return id;
    }

    ClusterGroup spec() {
        return spec;
    }

    GroupMachine machine() {
        return machine;
    }

    MirrorSide mirrors() {
        return mirrors;
    }

    Policy policy() {
        return policy;
    }

    Decision decision() {
        return decision;
    }

    Epoch highest() {
        return highest;
    }

    Map<String, MonitorState> monitorStates() {
        return monitorStates;
    }

    Instant phaseSince() {
        return phaseSince;
    }

    Optional<NodeId> holder() {
        return holder;
    }

    String keeperSays() {
        return keeperSays;
    }

    boolean isDeleting() {
        return deleting;
    }

    boolean stoppedOnPurpose() {
        return deleting || (stopMark() & 1) == 1;
    }

    boolean failedHere() {
        return context.now().isBefore(failedHereUntil);
    }

    /** Loads what a start needs, takes units over. */
    void warmUp() {
        calls.warmUp();
    }

    /** Another accepted specification. */
    void specify(ClusterGroup next) {
        GroupPlan plan = Plans.plan(next, context.self());
        spec = next;
        policy = Plans.policy(next);
        mirrors.define(next);
        addressPath = addressPath();
        failedHereUntil = MonotonicTime.ZERO;
        step(new Event.SpecChanged(plan, context.now()));
        configureMirrors();
        say("acts on generation " + next.getMetadata().getGeneration());
    }

    /** The cluster's own specification changed: addresses may have. */
    void clusterChanged() {
        addressPath = addressPath();
        configureMirrors();
    }

    /** Deletion was seen, and the policy allows it: stop in order, leave the data. */
    void delete() {
        if (!deleting) {
            deleting = true;
            say("is being deleted with deletionPolicy Stop: stops in order and leaves the data");
            step(new Event.GiveUp(new Leave(Leave.Kind.STOP, "", "the group is being deleted"), context.now()));
        }
    }

    void configureMirrors() {
        if (mirrors.hasMirrors() && context.view().cluster().isPresent() && runsHere()) {
            for (Message line :
                    mirrors.configure(spec, context.view(), context.paths().clusterKey())) {
                var _ = context.mirror().request(line, Duration.ofSeconds(10)).whenComplete((answer, error) -> {
                    if (error != null || !answer.getBoolean("ok")) {
                        say(line.get("mirror") + " is not configured: "
                                + (error != null
                                        ? error.getMessage()
                                        : answer.find("reason").orElse("")));
                    }
                });
            }
        }
    }

    private boolean runsHere() {
        return policy.nodes().contains(context.self());
    }

    void mirrorState(String resource, Message state) {
        mirrors.state(resource, state);
    }

    /** After the agent's or the keeper's start: what the keeper holds for us. */
    void reconcile(Optional<Epoch> held) {
        Epoch ours = machine.phase().held();
        if (machine.phase() instanceof Phase.Fresh) {
            if (held.isPresent()) {
                highest = held.get();
                holder = Optional.of(context.self());
                step(new Event.Resumed(held.get(), context.now()));
            } else {
                boolean hard = context.marker(id).exists() || mirrors.anyPrimary();
                step(new Event.Unheld(hard, context.now()));
            }
        } else if (!ours.equals(Epoch.NONE) && !held.equals(Optional.of(ours))) {
            lost(ours, "the keeper does not hold it any more");
        }
        want = Message.of("want");
    }

    void granted(Message message) {
        Epoch epoch = Epoch.parse(message.get("epoch"));
        Duration waited = Duration.ofMillis(
                message.find("waitedMillis").map(Long::parseLong).orElse(0L));
        Optional<NodeId> before = context.view()
                .byNumber(message.find("owner").map(Integer::parseInt).orElse(0));
        if (epoch.equals(machine.phase().held())) {
            return;
        }
        if (machine.phase() instanceof Phase.Fresh) {
            // Before the first look at what is held: that look will find it.
            return;
        }
        highest = epoch.isAbove(highest) ? epoch : highest;
        keeperSays = "";
        Takeover takeover = Takeover.of(this, context, before, waited);
        holder = Optional.of(context.self());
        lastOwner = holder;
        calls.prepare(epoch);
        step(new Event.Granted(epoch, takeover.cause(), context.now()));
    }

    void lost(Epoch epoch, String reason) {
        holder = Optional.empty();
        say("lost lease " + epoch + ": " + reason);
        step(new Event.Lost(epoch, reason, context.now()));
    }

    /** {@code holder}: who has the lease, as far as this node's voter knows. */
    void holder(Message message) {
        Optional<NodeId> owner = context.view().byNumber((int) message.getLong("owner"));
        message.find("epoch")
                .map(Epoch::parse)
                .filter(epoch -> epoch.isAbove(highest))
                .ifPresent(e -> highest = e);
        holder = owner;
        if (owner.isPresent()) {
            keeperSays = "";
            lastOwner = owner;
            if (!owner.get().equals(context.self())) {
                coolingUntil = MonotonicTime.ZERO;
            }
        }
    }

    /** Why the keeper does not get the lease, though nobody has it; empty for none. */
    String hindrance() {
        return keeperSays.startsWith("Held") ? "" : keeperSays;
    }

    void refused(Message message) {
        String said = message.get("reason")
                + message.find("holder")
                        .filter(h -> !h.equals("0"))
                        .map(h -> " by voter " + h)
                        .orElse("");
        if (!said.equals(keeperSays)) {
            keeperSays = said;
            say("lease refused: " + said);
        }
    }

    /** A person's or the operator's wish; see {@link Operations}. */
    void giveUp(Leave leave) {
        step(new Event.GiveUp(leave, context.now()));
    }

    void restart(String why) {
        step(new Event.RestartAsked(java.util.Set.of(), why, context.now()));
    }

    /** Marks the group stopped or started on purpose, everywhere: the highest mark counts. */
    void mark(boolean stopped) {
        int mark = stopMark();
        boolean isStopped = (mark & 1) == 1;
        if (isStopped != stopped) {
            adoptMark(mark + 1);
        }
        if (!stopped) {
            failedHereUntil = MonotonicTime.ZERO;
            coolingUntil = MonotonicTime.ZERO;
        }
    }

    void clearFailures() {
        failedHereUntil = MonotonicTime.ZERO;
        coolingUntil = MonotonicTime.ZERO;
    }

    private void adoptMark(int mark) {
        context.history(id.name(), entry -> entry.withStopMark(mark));
        say((mark & 1) == 1 ? "is stopped on purpose" : "may be started again");
    }

    int stopMark() {
        return context.history(id.name()).stopMark();
    }

    /** Once a turn: what the others say, where the group belongs, what the keeper should try. */
    void turn() {
        MonotonicTime now = context.now();
        int highestMark = stopMark();
        for (Peer peer : context.view().peers().values()) {
            highestMark = Math.max(
                    highestMark, peer.group(id.key()).map(Blob.Group::stopMark).orElse(0));
        }
        if (highestMark > stopMark()) {
            adoptMark(highestMark);
        }
        step(surroundings(now));
        step(new Event.Tick(now));
        decide(Placement.decide(policy, situation(now)), now);
    }

    private Event.Surroundings surroundings(MonotonicTime now) {
        int failoversElsewhere = 0;
        for (Peer peer : context.view().peers().values()) {
            failoversElsewhere +=
                    peer.group(id.key()).map(Blob.Group::failovers).orElse(0);
        }
        boolean another = Placement.next(policy, withHolder(situation(now))).isPresent();
        return new Event.Surroundings(
                another, failoversElsewhere, context.view().useful(context.self(), addressPath), now);
    }

    private Situation withHolder(Situation s) {
        return new Situation(
                s.self(),
                s.nodes(),
                Optional.of(context.self()),
                s.lastOwner(),
                s.moveTo(),
                s.stopped(),
                s.cooling(),
                s.uptime(),
                s.slot());
    }

    private void decide(Decision next, MonotonicTime now) {
        boolean same = next.getClass().equals(decision.getClass()) && next.why().equals(decision.why());
        if (!same) {
            decidedSince = now;
            say(next.getClass().getSimpleName() + ": " + next.why()
                    + (next.rejected().isEmpty() ? "" : " (" + String.join("; ", next.rejected()) + ")"));
        }
        decision = next;
        switch (next) {
            case Decision.Try t -> want("acquire", t.delay());
            case Decision.Wait _, Decision.Stay _ -> want("none", Duration.ZERO);
            case Decision.HandOver over -> {
                want("none", Duration.ZERO);
                if (machine.phase() instanceof Phase.Running running
                        && now.since(MonotonicTime.later(decidedSince, running.since()))
                                        .compareTo(over.settle())
                                >= 0) {
                    Leave.Kind kind =
                            switch (over.kind()) {
                                case FAILBACK -> Leave.Kind.FAILBACK;
                                case UNREACHABLE -> Leave.Kind.UNREACHABLE;
                                case NOT_LISTED -> Leave.Kind.MOVE;
                            };
                    giveUp(new Leave(kind, over.target().name(), over.why()));
                }
            }
        }
        boolean mustStop = stoppedOnPurpose() && machine.phase() instanceof Phase.Running;
        if (mustStop) {
            giveUp(new Leave(Leave.Kind.STOP, "", "the group was stopped on purpose"));
        }
    }

    /** A handover waits for its short settling time. */
    boolean isAboutToMove() {
        return decision instanceof Decision.HandOver over
                && over.settle().compareTo(SOON) < 0
                && machine.phase() instanceof Phase.Running;
    }

    private void want(String mode, Duration delay) {
        Message next = Message.of(
                "want", "group", id, "mode", mode, "delayMillis", delay.toMillis(), "copies", mirrors.goodCopies());
        if (!next.equals(want) && context.keeper().send(next)) {
            want = next;
        }
    }

    Situation situation(MonotonicTime now) {
        Map<NodeId, NodeView> nodes = new HashMap<>();
        for (NodeId node : policy.nodes()) {
            nodes.put(
                    node,
                    node.equals(context.self())
                            ? ownView(now)
                            : viewOf(context.view().peer(node), now));
        }
        boolean heldHere = !machine.phase().held().equals(Epoch.NONE);
        Optional<NodeId> elsewhere = heldHere ? Optional.empty() : runningElsewhere();
        // Story, without: server1 is back for ten seconds, server2 runs the group and dies; server1, which heard of no
        // holder
        // from its voter yet, takes this for a cold start and waits for server2 for another ten.
        lastOwner = elsewhere.or(() -> lastOwner);
        return new Situation(
                context.self(),
                nodes,
                heldHere
                        ? Optional.of(context.self())
                        : holder.filter(node -> !node.equals(context.self())).or(() -> elsewhere),
                lastOwner,
                moveTarget(now),
                stoppedOnPurpose(),
                now.isBefore(coolingUntil),
                now.since(createdAt),
                context.view().timing().lease());
    }

    /** The node whose agent tells that the group runs there: only a holder says so. */
    private Optional<NodeId> runningElsewhere() {
        return policy.nodes().stream()
                .filter(node -> !node.equals(context.self()))
                .filter(node -> context.view().peer(node).alive())
                .filter(node -> context.view()
                        .peer(node)
                        .group(id.key())
                        .filter(told -> told.is() == Blob.Is.RUNNING)
                        .isPresent())
                .findFirst();
    }

    private NodeView ownView(MonotonicTime now) {
        return new NodeView(
                true,
                true,
                true,
                machine.phase() instanceof Phase.Standby,
                mirrors.promotable(),
                context.view().useful(context.self(), addressPath),
                now.isBefore(failedHereUntil));
    }

    private NodeView viewOf(Peer peer, MonotonicTime now) {
        Optional<Blob.Group> told = peer.group(id.key());
        return new NodeView(
                peer.alive(),
                peer.agentWell(now),
                peer.seen(),
                told.map(group -> group.is() == Blob.Is.STANDBY).orElse(false),
                told.map(Blob.Group::promotable).orElse(false) && knownGood(),
                context.view().useful(peer.name(), addressPath),
                told.map(Blob.Group::failedHere).orElse(false));
    }

    /** A peer that comes back takes its copy for good until it has met ours; while ours is in use, ours knows. */
    private boolean knownGood() {
        return !mirrors.anyPrimary() || mirrors.redundant();
    }

    /** The target that another, or this node a moment ago, moves the group to. */
    Optional<NodeId> moveTarget(MonotonicTime now) {
        if (leaving.isPresent()
                && now.isBefore(coolingUntil)
                && !leaving.get().target().isEmpty()) {
            return Optional.of(new NodeId(leaving.get().target()));
        }
        return context.view().peers().values().stream()
                .filter(peer -> peer.agentWell(now))
                .flatMap(peer -> peer.group(id.key()).stream())
                .filter(group -> group.moveTo() != 0)
                .flatMap(group -> context.view().byNumber(group.moveTo()).stream())
                .findFirst();
    }

    /** What this node tells the others of the group. */
    Blob.Group blob() {
        MonotonicTime now = context.now();
        boolean moving = leaving.isPresent()
                && (now.isBefore(coolingUntil)
                        || machine.phase() instanceof Phase.Stopping
                        || machine.phase() instanceof Phase.Releasing);
        Blob.MoveKind kind = Blob.MoveKind.NONE;
        int to = 0;
        if (moving) {
            Leave leave = leaving.get();
            kind = switch (leave.kind()) {
                case MOVE -> Blob.MoveKind.MOVE;
                case FAILBACK -> Blob.MoveKind.FAILBACK;
                case FAILOVER, UNREACHABLE -> Blob.MoveKind.FAILOVER;
                case STOP, FINAL -> Blob.MoveKind.NONE;
            };
            to = leave.target().isEmpty() ? 0 : context.view().numberOf(new NodeId(leave.target()));
        }
        Blob.Is is =
                switch (machine.phase()) {
                    case Phase.Standby _ -> Blob.Is.STANDBY;
                    case Phase.Listing _, Phase.Starting _, Phase.Recovering _, Phase.Probing _ -> Blob.Is.STARTING;
                    case Phase.Running _ -> Blob.Is.RUNNING;
                    case Phase.Stopping _, Phase.Releasing _ -> Blob.Is.STOPPING;
                    case Phase.Fresh _, Phase.Ending _ -> Blob.Is.UNKNOWN;
                };
        return new Blob.Group(
                Blob.keyOf(id.key()),
                is,
                mirrors.promotable(),
                failedHere(),
                machine.failovers(now),
                to,
                kind,
                stopMark(),
                startTimes().startBound().toMillis());
    }

    /** What a start of the group may take, here or elsewhere. */
    Duration startBound() {
        Duration allowed = machine.plan().resources().stream()
                .map(ResourcePlan::startTimeout)
                .reduce(Duration.ZERO, Duration::plus);
        return StartTimes.startBound(startTimes().startBound(), measuredElsewhere(), allowed);
    }

    boolean startMeasured() {
        return !startTimes().last().isEmpty() || !measuredElsewhere().isZero();
    }

    private Duration measuredElsewhere() {
        return Duration.ofMillis(context.view().peers().values().stream()
                .flatMap(peer -> peer.group(id.key()).stream())
                .mapToLong(Blob.Group::startMillis)
                .max()
                .orElse(0));
    }

    StartTimes startTimes() {
        return new StartTimes(context.history(id.name()).startMillis().stream()
                .map(Duration::ofMillis)
                .toList());
    }

    void step(Event event) {
        if (event instanceof Event.MonitorResult result) {
            remember(result);
            if (!result.ok()) {
                // A cable that was just pulled must be known before an address is held against anyone.
                context.view().lookAtPaths(context.now());
                machine.step(surroundings(context.now()));
            }
        }
        Phase before = machine.phase();
        machine.step(event).forEach(this::carryOut);
        if (!before.getClass().equals(machine.phase().getClass())) {
            phaseSince = Instant.now();
            if (machine.phase() instanceof Phase.Stopping stopping) {
                leaving = Optional.of(stopping.leave());
                beginLeave(stopping.leave());
            }
        }
    }

    private void beginLeave(Leave leave) {
        MonotonicTime now = context.now();
        coolingUntil = now.plus(Duration.ofDays(1));
        switch (leave.kind()) {
            case FAILOVER -> {
                failedHereUntil = now.plus(machine.plan().recovery().within());
                long wall = System.currentTimeMillis();
                context.history(id.name(), entry -> entry.withHandover(wall));
            }
            case FINAL -> mark(true);
            case MOVE, FAILBACK, UNREACHABLE, STOP -> {}
        }
        context.blobChanged();
    }

    private void remember(Event.MonitorResult result) {
        MonitorState before = monitorStates.get(result.monitor());
        Instant wall = Instant.now();
        Instant since = before != null && before.ok() == result.ok() ? before.since() : wall;
        String error = result.ok() ? (before == null ? "" : before.lastError()) : wall + " " + result.reason();
        monitorStates.put(result.monitor(), new MonitorState(result.ok(), since, error));
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Start e -> calls.start(e.resource(), e.epoch(), e.timeout(), e.call());
            case Effect.Stop e -> calls.stop(e.resource(), e.epoch(), e.hard(), e.timeout(), e.call());
            case Effect.Probe e -> calls.probe(e.resource(), e.timeout(), e.call());
            case Effect.Interrupt e -> calls.interrupt(e.call());
            case Effect.Hold e -> hold(e.epoch());
            case Effect.Unhold _ -> context.marker(id).remove();
            case Effect.Release e -> release(e.epoch());
            case Effect.StartMonitors e -> calls.startMonitors(e.run());
            case Effect.StopMonitors _ -> calls.stopMonitors();
            case Effect.Redefine _ -> calls.redefine(spec);
            case Effect.Started e -> started(e);
            case Effect.Restarted e -> say("restarted in place in " + e.total().toMillis() + " ms: " + e.why());
            case Effect.Left e -> {
                coolingUntil = context.now().plus(COOLING);
                holder = Optional.empty();
                say("left in " + e.total().toMillis() + " ms under " + e.epoch() + ": "
                        + e.leave().why());
            }
            case Effect.Ended e ->
                say("nothing is left of it here, " + e.total().toMillis() + " ms after: " + e.why());
            case Effect.Say e -> say(e.what());
        }
    }

    private void started(Effect.Started e) {
        say("runs under " + e.epoch() + " after " + e.total().toMillis() + " ms; " + e.starts() + "; "
                + e.cause().why());
        context.history(id.name(), entry -> {
            List<Long> starts = new ArrayList<>(entry.startMillis());
            // Until the first takeover there are only first starts, which made and filled file systems: no measure for
            // it.
            if (e.cause().kind() != Cause.Kind.FIRST_START && entry.failovers().isEmpty()) {
                starts.clear();
            }
            starts.add(e.total().toMillis());
            int from = Math.max(0, starts.size() - StartTimes.KEPT);
            return entry.withStart(List.copyOf(starts.subList(from, starts.size())));
        });
        leaving = Optional.empty();
        failedHereUntil = MonotonicTime.ZERO;
        if (e.cause().kind() != Cause.Kind.FIRST_START) {
            FailoverReport report = Takeover.report(e, context.self());
            context.history(id.name(), entry -> entry.withFailover(report));
        }
    }

    private void hold(Epoch epoch) {
        context.marker(id).create();
        ClusterGroup current = spec;
        var _ = Thread.ofVirtual().name("stop-list").start(() -> tellStopList(current, epoch));
    }

    private void tellStopList(ClusterGroup current, Epoch epoch) {
        Outcome outcome;
        try {
            Drivers.StopList list = context.drivers().stopList(current);
            Message line = Message.of(
                    "stoplist",
                    "group",
                    id,
                    "epoch",
                    epoch,
                    "cgroups",
                    orNone(list.cgroups()),
                    "addresses",
                    orNone(list.addresses()));
            outcome = Requests.outcome(context.keeper(), line, Duration.ofSeconds(5));
        } catch (RuntimeException e) {
            outcome = new Outcome.Failed(String.valueOf(e.getMessage()));
        }
        context.post(
                id,
                switch (outcome) {
                    case Outcome.Done _ -> new Event.StopListed(epoch, true, "", context.now());
                    case Outcome.Failed(var reason) -> new Event.StopListed(epoch, false, reason, context.now());
                });
    }

    private void release(Epoch epoch) {
        want("none", Duration.ZERO);
        giveBack(epoch, 1);
    }

    /** Without an answer the keeper is gone, and says on its return what it holds; a refusal is asked again. */
    private void giveBack(Epoch epoch, int attempt) {
        Message line = Message.of("release", "group", id, "epoch", epoch);
        var _ = context.keeper().request(line, Duration.ofSeconds(5)).whenComplete((answer, error) -> {
            boolean refused = error == null && !answer.find("ok").orElse("true").equals("true");
            if (refused && attempt < RELEASES_MAX) {
                CompletableFuture.delayedExecutor(RELEASE_AGAIN.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(() -> giveBack(epoch, attempt + 1));
            } else {
                context.post(id, new Event.Released(epoch, context.now()));
            }
        });
    }

    private static String orNone(List<String> list) {
        return list.isEmpty() ? "-" : String.join(",", list);
    }

    private Optional<String> addressPath() {
        return spec.getSpec().resources().stream()
                .map(Resource::floatingIP)
                .filter(ip -> ip != null)
                .flatMap(ip -> context.view().pathOf(ip.address()).stream())
                .findFirst();
    }

    Optional<String> path() {
        return addressPath;
    }

    private List<MonotonicTime> pastHandovers() {
        long wall = System.currentTimeMillis();
        MonotonicTime now = context.now();
        return context.history(id.name()).handedOver().stream()
                .map(then -> now.minus(Duration.ofMillis(Math.max(0, wall - then))))
                .toList();
    }

    private void say(String what) {
        Journal.say(id + ": " + what);
    }
}
