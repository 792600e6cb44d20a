// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.Phase.Aim;
import io.metalha.node.group.ResourceState.Is;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One group's life on this node. {@link Phase} draws it.
 *
 * <p>Invariant: nothing is started but under a lease whose stop list the keeper has; the lease is given back only when
 * every resource is known to be stopped. Unknown is not stopped. One thread.
 */
public final class GroupMachine {
    /** Running this long, every monitor content, makes earlier restarts forgotten. */
    static final Duration HEALTHY_AGAIN = Duration.ofSeconds(3);

    /** What has failed gets this long to stop in order before it is killed. */
    static final Duration RECOVERY_STOP = Duration.ofSeconds(3);

    private static final Duration FOREVER = Duration.ofDays(1);
    private static final int PROBES_MAX = 10;
    private static final Duration PROBE_AGAIN = Duration.ofMillis(300);

    private final ResourceTable table;
    private final MonitorCounts monitors = new MonitorCounts();
    private final Ladder ladder;
    private GroupPlan plan;
    private @Nullable GroupPlan next;
    private Phase phase = new Phase.Fresh();
    private Event.Surroundings around = new Event.Surroundings(false, 0, true, MonotonicTime.ZERO);
    private boolean endSoftly;
    private int probes;
    private long monitorRun;
    private List<Effect> out = new ArrayList<>();

    /** @param past handovers because of failures that this node remembers from before */
    public GroupMachine(GroupPlan plan, List<MonotonicTime> past) {
        this.plan = plan;
        this.table = new ResourceTable(plan);
        this.ladder = new Ladder(past);
    }

    public List<Effect> step(Event event) {
        out = new ArrayList<>();
        decide(event);
        Phase before;
        do {
            before = phase;
            converge(event.now());
        } while (!before.equals(phase));
        return out;
    }

    /** One after the other; the effects of all, in that order. */
    public List<Effect> step(List<Event> events) {
        return events.stream().flatMap(event -> step(event).stream()).toList();
    }

    public Phase phase() {
        return phase;
    }

    public GroupPlan plan() {
        return plan;
    }

    public Map<ResourceId, ResourceState> resources() {
        return table.states();
    }

    /** Handovers because of failures by this node within the window. */
    public int failovers(MonotonicTime now) {
        return ladder.failovers(plan.recovery(), now);
    }

    private void decide(Event event) {
        switch (event) {
            case Event.Granted e -> granted(e);
            case Event.Resumed e -> resumed(e);
            case Event.Unheld e -> unheld(e);
            case Event.Lost e -> lost(e);
            case Event.StopListed e -> stopListed(e);
            case Event.StepDone e -> table.done(e.call(), e.now());
            case Event.StepFailed e -> stepFailed(e);
            case Event.Probed e -> table.probed(e.call(), e.result(), e.reason(), e.now());
            case Event.MonitorResult e -> monitorResult(e);
            case Event.SpecChanged e -> specChanged(e);
            case Event.GiveUp e -> giveUp(e.leave(), e.now());
            case Event.RestartAsked e -> restartAsked(e);
            case Event.Released e -> released(e);
            case Event.Surroundings e -> around = e;
            case Event.Tick _ -> {}
        }
    }

    private void granted(Event.Granted e) {
        if (phase.held().equals(e.epoch())) {
            return;
        }
        switch (phase) {
            case Phase.Standby _ -> {
                table.forgetFailures();
                ladder.forget();
                out.add(new Effect.Hold(e.epoch()));
                become(
                        new Phase.Listing(e.epoch(), e.now(), e.cause()),
                        "lease granted: " + e.cause().why());
            }
            // A lease that we cannot use now is another's chance.
            case Phase.Fresh _,
                    Phase.Ending _,
                    Phase.Stopping _,
                    Phase.Releasing _,
                    Phase.Probing _,
                    Phase.Listing _,
                    Phase.Starting _,
                    Phase.Running _,
                    Phase.Recovering _ -> {
                out.add(new Effect.Say("gives lease " + e.epoch() + " back at once: " + phase.word()));
                out.add(new Effect.Release(e.epoch()));
            }
        }
    }

    private void resumed(Event.Resumed e) {
        if (phase instanceof Phase.Fresh) {
            out.add(new Effect.Hold(e.epoch()));
            probes = 1;
            table.probeAll(e.now(), out);
            become(new Phase.Probing(e.epoch(), e.now()), "the keeper still holds the lease: looks at what runs");
        }
    }

    private void unheld(Event.Unheld e) {
        if (!(phase instanceof Phase.Fresh || phase instanceof Phase.Standby)) {
            return;
        }
        if (e.left() == Event.Left.NOTHING) {
            become(new Phase.Standby(), "does not belong here: touches nothing");
            return;
        }
        endSoftly = e.left() == Event.Left.PERHAPS;
        become(new Phase.Ending(Epoch.NONE, e.now(), "not held"), "no lease is held: nothing may be left running");
    }

    private void lost(Event.Lost e) {
        if (phase.held().equals(Epoch.NONE)) {
            return;
        }
        leaveRunning();
        out.add(new Effect.Unhold());
        table.interruptAll(out);
        endSoftly = false;
        become(new Phase.Ending(phase.held(), e.now(), e.reason()), "lease lost (" + e.reason() + "): ends all, hard");
    }

    private void stopListed(Event.StopListed e) {
        if (phase instanceof Phase.Listing listing && listing.epoch().equals(e.epoch())) {
            if (e.ok()) {
                Aim aim = new Aim.Takeover(listing.cause(), listing.since());
                become(
                        new Phase.Starting(e.epoch(), e.now(), aim),
                        "starts " + plan.resources().size() + " resources");
            } else {
                giveUp(new Leave(Leave.Kind.FAILOVER, "", "the keeper refused the stop list: " + e.reason()), e.now());
            }
        }
    }

    private void stepFailed(Event.StepFailed e) {
        table.failed(e.call(), e.reason(), e.now()).ifPresent(failure -> {
            ResourceId id = failure.resource();
            if (failure.news()) {
                out.add(new Effect.Say((failure.start() ? "start of " : "stop of ") + id + " failed: " + e.reason()));
            }
            if (failure.start()) {
                startFailed(id, e.reason(), e.now());
            }
        });
    }

    private void startFailed(ResourceId id, String reason, MonotonicTime now) {
        String why = id + " did not start: " + reason;
        boolean again = table.failedStarts(id) <= plan.recovery().restarts();
        switch (phase) {
            case Phase.Starting s when again -> recover(s.epoch(), cycles().deeper(id, s.aim()), now, s.aim(), now);
            case Phase.Recovering r when again -> recover(r.epoch(), cycles().deeper(id, r.aim()), now, r.aim(), now);
            case Phase.Starting s -> leaveOrRetry(id, why, s.aim(), now);
            case Phase.Recovering r -> leaveOrRetry(id, why, r.aim(), now);
            // Interrupted by what we are doing now, which stops it.
            case Phase.Fresh _,
                    Phase.Standby _,
                    Phase.Probing _,
                    Phase.Listing _,
                    Phase.Running _,
                    Phase.Stopping _,
                    Phase.Releasing _,
                    Phase.Ending _ -> {}
        }
    }

    private void monitorResult(Event.MonitorResult e) {
        if (!(phase instanceof Phase.Running running) || e.run() != monitorRun) {
            return;
        }
        plan.monitors().stream()
                .filter(m -> m.name().equals(e.monitor()))
                .findFirst()
                .ifPresent(monitor -> {
                    boolean excused = !around.addressUseful() && plan.reachesOverNetwork(monitor);
                    if (monitors.failed(monitor, e.ok() || excused)) {
                        String why = "monitor " + monitor.name() + " failed"
                                + (monitor.failures() > 1 ? " " + monitor.failures() + " times" : "") + ": "
                                + e.reason();
                        out.add(new Effect.Say(why));
                        table.mark(monitor.on(), why, e.now());
                        failed(monitor.on(), why, running.epoch(), e.now());
                    }
                });
    }

    /** The ladder: restart in place, then hand over, then the final action. */
    private void failed(ResourceId id, String why, Epoch epoch, MonotonicTime now) {
        if (!ladder.restart(plan.recovery(), now)) {
            leaveOrRetry(id, why, new Aim.Restart(why), now);
            return;
        }
        leaveRunning();
        switch (plan.resource(id).stopClass()) {
            // Put back in place: what depends on an address or a name need not be stopped for that.
            case ADDRESS, NAME -> become(new Phase.Starting(epoch, now, new Aim.Restart(why)), "repairs " + id);
            case PROCESS, MOUNT, DISK -> recover(epoch, plan.withDependents(id), now, new Aim.Restart(why), now);
        }
    }

    private void leaveOrRetry(ResourceId id, String why, Aim aim, MonotonicTime now) {
        switch (ladder.higher(plan.recovery(), around, now)) {
            case Ladder.HandOver _ -> giveUp(new Leave(Leave.Kind.FAILOVER, "", why), now);
            case Ladder.StopGroup(String how) -> giveUp(new Leave(Leave.Kind.FINAL, "", why + "; " + how), now);
            case Ladder.TryAgain(Duration after) -> {
                leaveRunning();
                out.add(new Effect.Say("no other node can take over: tries " + id + " again in " + after));
                recover(phase.held(), cycles().of(id), now.plus(after), aim, now);
            }
        }
    }

    private Cycles cycles() {
        return new Cycles(plan);
    }

    private void recover(Epoch epoch, Set<ResourceId> cycle, MonotonicTime notBefore, Aim aim, MonotonicTime now) {
        Set<ResourceId> all = new HashSet<>(cycle);
        if (phase instanceof Phase.Recovering r) {
            all.addAll(r.cycle());
        }
        become(
                new Phase.Recovering(epoch, now, Set.copyOf(all), notBefore, aim),
                all.isEmpty() ? "repairs in place" : "stops and starts again " + all);
    }

    private void specChanged(Event.SpecChanged e) {
        switch (phase) {
            case Phase.Fresh _, Phase.Standby _, Phase.Listing _ -> redefine(e.plan(), e.now());
            case Phase.Running r -> adjust(r.epoch(), e);
            case Phase.Starting s -> adjust(s.epoch(), e);
            case Phase.Recovering r -> adjust(r.epoch(), e);
            // What is under way ends with the definitions it began with.
            case Phase.Probing _, Phase.Stopping _, Phase.Releasing _, Phase.Ending _ -> next = e.plan();
        }
    }

    private void adjust(Epoch epoch, Event.SpecChanged e) {
        next = e.plan();
        Set<ResourceId> touched = table.touchedBy(e.plan());
        Aim aim =
                switch (phase) {
                    case Phase.Starting s -> s.aim();
                    case Phase.Recovering r -> r.aim();
                    case Phase.Fresh _,
                            Phase.Standby _,
                            Phase.Probing _,
                            Phase.Listing _,
                            Phase.Running _,
                            Phase.Stopping _,
                            Phase.Releasing _,
                            Phase.Ending _ -> new Aim.Adjust("the specification changed");
                };
        leaveRunning();
        recover(epoch, touched, e.now(), aim, e.now());
    }

    private void redefine(GroupPlan to, MonotonicTime now) {
        plan = to;
        next = null;
        table.redefine(to, now);
        out.add(new Effect.Redefine(to));
    }

    private void giveUp(Leave leave, MonotonicTime now) {
        switch (phase) {
            case Phase.Probing _, Phase.Listing _, Phase.Starting _, Phase.Running _, Phase.Recovering _ -> {
                leaveRunning();
                table.interruptStarts(out);
                become(new Phase.Stopping(phase.held(), now, leave), "gives the group up: " + leave.why());
            }
            case Phase.Fresh _, Phase.Standby _, Phase.Stopping _, Phase.Releasing _, Phase.Ending _ -> {}
        }
    }

    private void restartAsked(Event.RestartAsked e) {
        if (phase instanceof Phase.Running r) {
            leaveRunning();
            recover(r.epoch(), cycles().asked(e.resources()), e.now(), new Aim.Restart(e.why()), e.now());
        }
    }

    private void released(Event.Released e) {
        if (phase instanceof Phase.Releasing r && r.epoch().equals(e.epoch())) {
            out.add(new Effect.Left(r.epoch(), r.leave(), e.now().since(r.since())));
            standby(e.now());
        }
    }

    private void converge(MonotonicTime now) {
        switch (phase) {
            case Phase.Fresh _, Phase.Standby _, Phase.Listing _, Phase.Releasing _ -> {}
            case Phase.Probing p -> probed(p, now);
            case Phase.Starting s -> {
                table.startReady(s.epoch(), now, out);
                if (table.all(Is.RUNNING)) {
                    running(s, now);
                }
            }
            case Phase.Running r -> {
                if (now.isAtOrAfter(r.since().plus(HEALTHY_AGAIN)) && monitors.allWell()) {
                    ladder.forget();
                }
            }
            case Phase.Recovering r -> {
                table.stopReady(r.cycle(), r.epoch(), RECOVERY_STOP, now, out);
                if (table.all(r.cycle(), Is.STOPPED) && now.isAtOrAfter(r.notBefore())) {
                    GroupPlan waiting = next;
                    if (waiting != null) {
                        redefine(waiting, now);
                    }
                    become(new Phase.Starting(r.epoch(), r.since(), r.aim()), "starts what is stopped");
                }
            }
            case Phase.Stopping s -> {
                table.stopReady(table.states().keySet(), s.epoch(), FOREVER, now, out);
                if (table.all(Is.STOPPED)) {
                    out.add(new Effect.Unhold());
                    out.add(new Effect.Release(s.epoch()));
                    become(new Phase.Releasing(s.epoch(), s.since(), s.leave()), "all is stopped");
                }
            }
            case Phase.Ending e -> {
                if (endSoftly) {
                    table.stopReady(table.states().keySet(), e.epoch(), FOREVER, now, out);
                } else {
                    table.endReady(e.epoch(), now, out);
                }
                if (table.all(Is.STOPPED)) {
                    out.add(new Effect.Ended(e.epoch(), e.why(), now.since(e.since())));
                    standby(now);
                }
            }
        }
    }

    private void probed(Phase.Probing p, MonotonicTime now) {
        if (table.anyBusy()) {
            return;
        }
        List<ResourceId> wrong = table.not(Is.RUNNING);
        boolean unclear = wrong.stream().anyMatch(id -> table.state(id).is() == Is.FAILED);
        if (unclear && probes < PROBES_MAX) {
            // The mirror process, for one, may need a moment to tell how things are.
            if (now.isAtOrAfter(p.since().plus(PROBE_AGAIN.multipliedBy(probes)))) {
                probes++;
                table.probeAll(now, out);
            }
        } else {
            String found = wrong.isEmpty() ? "all runs" : "does not run: " + wrong;
            become(new Phase.Starting(p.epoch(), now, new Aim.Adjust("the agent came back")), found);
            if (next != null) {
                specChanged(new Event.SpecChanged(next, now));
            }
        }
    }

    private void running(Phase.Starting s, MonotonicTime now) {
        switch (s.aim()) {
            case Aim.Takeover t ->
                out.add(new Effect.Started(
                        s.epoch(), t.cause(), t.grantedAt(), now.since(t.grantedAt()), table.lastStarts()));
            case Aim.Restart r -> out.add(new Effect.Restarted(s.epoch(), r.why(), now.since(s.since())));
            case Aim.Adjust _ -> {}
        }
        monitors.reset();
        out.add(new Effect.StartMonitors(++monitorRun));
        become(new Phase.Running(s.epoch(), now), "runs");
    }

    private void standby(MonotonicTime now) {
        become(new Phase.Standby(), "stands by");
        GroupPlan waiting = next;
        if (waiting != null) {
            redefine(waiting, now);
        }
    }

    private void leaveRunning() {
        if (phase instanceof Phase.Running) {
            out.add(new Effect.StopMonitors());
        }
    }

    /** The one place where the phase changes. */
    private void become(Phase to, String why) {
        out.add(new Effect.Say(phase.word() + " -> " + to.word() + ": " + why));
        phase = to;
    }
}
