// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseCore;
import io.metalha.node.lease.LeaseEffect;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.LostReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server: its keeper around a real core, its lease page, a toy agent that wants the group, and a toy mirror. */
final class SimulatedHost {
    static final long GROUP = 42;

    private final Simulation simulation;
    private final VoterId voter;
    private final boolean hasData;
    private final Lane keeper = new Lane();
    private final Lane mirrorLane = new Lane();
    private final Lane disk = new Lane();
    private final SimulatedClock clock;
    private final SimulatedStore store;
    private final ToyMirror mirror;
    private Timing timing;

    private @Nullable LeaseCore core;
    private boolean powered;
    private long session;
    private final long[] peerSession;
    private final List<List<LeaseMessage>> acknowledgements = new ArrayList<>();
    private long wakeAt = Long.MAX_VALUE;
    private boolean wants = true;
    private long request;

    private Epoch pageEpoch = Epoch.NONE;
    private long pageUntil;
    private long effectsUntil;
    private boolean stoppedInOrder;
    private boolean resuming;
    private final ArrayDeque<LeaseEffect> effects = new ArrayDeque<>();

    SimulatedHost(Simulation simulation, VoterId voter, boolean hasData) {
        this.simulation = simulation;
        this.voter = voter;
        this.hasData = hasData;
        // Rates differ by at most 2 × 4975 parts in a million: just inside the bound of 10 per mille.
        this.clock = new SimulatedClock(
                simulation.chance(0.5) ? simulation.random(9950) - 4975 : simulation.chance(0.5) ? 4975 : -4975);
        this.timing = timing();
        this.store = new SimulatedStore(simulation, disk);
        this.mirror = new ToyMirror(simulation, this);
        this.peerSession = new long[7];
        for (int i = 0; i < peerSession.length; i++) {
            acknowledgements.add(new ArrayList<>());
        }
    }

    int number() {
        return voter.number();
    }

    Lane keeperLane() {
        return keeper;
    }

    Lane mirrorLane() {
        return mirrorLane;
    }

    SimulatedStore store() {
        return store;
    }

    boolean isPowered() {
        return powered;
    }

    boolean isHolding() {
        return powered && usable();
    }

    // ---- Life

    void boot() {
        if (powered) {
            return;
        }
        powered = true;
        clock.restart(simulation.now(), 1_000_000_000L + simulation.random(1_000_000_000_000L));
        timing = timing();
        mirror.boot();
        startKeeper();
    }

    void powerOff() {
        trace("power off");
        powered = false;
        endKeeper();
        mirrorLane.end();
        disk.end();
        store.powerOff();
        mirror.powerOff();
        pageEpoch = Epoch.NONE;
        pageUntil = 0;
        effectsUntil = 0;
    }

    /** The page, the mirror and what runs stay; the disk completes what was begun. */
    void restartKeeper(long downFor) {
        if (powered && core != null) {
            trace("keeper restarts");
            endKeeper();
            timing = timing();
            simulation.at(simulation.now() + downFor, disk, this::startKeeper);
        }
    }

    private void endKeeper() {
        keeper.end();
        core = null;
        wakeAt = Long.MAX_VALUE;
    }

    private void startKeeper() {
        session = simulation.now() + 1;
        Arrays.fill(peerSession, 0);
        acknowledgements.forEach(List::clear);
        core = simulation.core(voter, timing);
        trace("keeper starts");
        mirror.keeperForgot();
        step(store.started(timing));
        if (!pageEpoch.equals(Epoch.NONE) && pageUntil > 0) {
            resuming = true;
            step(new LeaseEvent.Resume(GROUP, pageEpoch, new MonotonicTime(pageUntil)));
            resuming = false;
        }
        wants = true;
        want();
        heartbeat();
    }

    private Timing timing() {
        Timing normal = Timing.normal();
        return simulation.chance(0.6)
                ? normal
                : new Timing(
                        normal.heartbeat(),
                        normal.peerTimeout(),
                        Duration.ofMillis(500),
                        normal.stopMargin(),
                        normal.agentDeadline(),
                        normal.driftPermille());
    }

    // ---- Keeper

    private long clockNow() {
        return clock.read(simulation.now());
    }

    private void step(LeaseEvent event) {
        LeaseCore present = core;
        if (present == null) {
            return;
        }
        if (simulation.isTracing() && !(event instanceof LeaseEvent.Tick)) {
            trace(event.toString());
        }
        effects.addAll(present.step(event, new MonotonicTime(clockNow())));
        while (!effects.isEmpty()) {
            execute(effects.remove());
        }
        wake();
    }

    private void wake() {
        LeaseCore present = core;
        long next = present == null ? Long.MAX_VALUE : present.nextDeadlineNanos();
        if (next == Long.MAX_VALUE) {
            return;
        }
        long at = Math.max(clock.realTimeOf(next), simulation.now() + 1);
        if (at < wakeAt) {
            wakeAt = at;
            simulation.at(at, keeper, () -> {
                if (simulation.now() >= wakeAt) {
                    wakeAt = Long.MAX_VALUE;
                    step(new LeaseEvent.Tick());
                }
            });
        }
    }

    private void execute(LeaseEffect effect) {
        if (simulation.isTracing()) {
            trace("  -> " + effect);
        }
        switch (effect) {
            case LeaseEffect.Send(var to, var message) -> send(to.number(), new SimulatedPacket.Lease(message));
            case LeaseEffect.Persist persist -> store.write(persist, () -> persisted(persist.token()));
            case LeaseEffect.PersistStore persist -> store.write(persist, () -> persisted(persist.token()));
            case LeaseEffect.Publish(long _, var epoch, var until) -> publish(epoch, until.nanos());
            case LeaseEffect.Granted(long _, var epoch, var copies, int _, var _) -> {
                simulation.truth.granted(this, epoch, resuming);
                stoppedInOrder = false;
                mirror.promote(epoch, copies);
            }
            case LeaseEffect.Lost _ -> mirror.demote();
            case LeaseEffect.Recorded(long which, long _, boolean ok, String _, long _) -> mirror.recorded(which, ok);
            case LeaseEffect.Released _, LeaseEffect.WantRefused _, LeaseEffect.HolderChanged _ -> {}
        }
    }

    private void persisted(long token) {
        simulation.at(simulation.now(), keeper, () -> step(new LeaseEvent.Persisted(token)));
    }

    private void publish(Epoch epoch, long until) {
        if (until > 0 && epoch.equals(pageEpoch) && !usable()) {
            simulation.truth.revived(this, epoch);
        }
        pageEpoch = epoch;
        pageUntil = until;
        if (until > 0) {
            effectsUntil = until + timing.stopMargin().toNanos();
            simulation.truth.usable(this);
        }
    }

    private void heartbeat() {
        LeaseCore present = core;
        if (present == null) {
            return;
        }
        List<LeaseMessage> renewals = new ArrayList<>();
        present.renew(
                clockNow(),
                (group, counter, epochVoter, leaseMillis, sent) ->
                        renewals.add(new LeaseMessage.Renew(group, new Epoch(counter, epochVoter), leaseMillis, sent)));
        // A cluster of one voter renews by its own vote alone.
        refreshPage(present);
        for (SimulatedHost peer : simulation.hosts()) {
            if (peer != this) {
                List<LeaseMessage> entries = new ArrayList<>(renewals);
                entries.addAll(acknowledgements.get(peer.number()));
                acknowledgements.get(peer.number()).clear();
                send(peer.number(), new SimulatedPacket.Heartbeat(entries));
            }
        }
        wake();
        simulation.at(clock.realTimeOf(clockNow() + timing.heartbeat().toNanos()), keeper, this::heartbeat);
    }

    private void refreshPage(LeaseCore present) {
        long until = present.usableUntilNanos(GROUP);
        if (until > pageUntil && !pageEpoch.equals(Epoch.NONE)) {
            publish(pageEpoch, until);
        }
    }

    void send(int to, SimulatedPacket.Body body) {
        simulation.network.send(this, simulation.host(to), new SimulatedPacket(session, peerSession[to], body));
    }

    void receive(SimulatedHost from, SimulatedPacket packet) {
        if (!powered) {
            return;
        }
        if (packet.body() instanceof SimulatedPacket.Mirror body) {
            mirror.receive(from, body);
            return;
        }
        if (core == null) {
            return;
        }
        if (packet.fromSession() > peerSession[from.number()]) {
            peerSession[from.number()] = packet.fromSession();
            step(new LeaseEvent.SessionChanged(from.voter));
        }
        boolean present = packet.fromSession() == peerSession[from.number()] && packet.toSession() == session;
        if (!present && simulation.has(ToySafeguard.SESSIONS)) {
            return;
        }
        switch (packet.body()) {
            case SimulatedPacket.Lease(var message) -> step(new LeaseEvent.Received(from.voter, message));
            case SimulatedPacket.Heartbeat(var entries) -> entries.forEach(entry -> ride(from, entry));
            case SimulatedPacket.Mirror _ -> {}
        }
    }

    /** What rides on heartbeats takes the way without allocation. */
    private void ride(SimulatedHost from, LeaseMessage entry) {
        LeaseCore present = core;
        if (present == null) {
            return;
        }
        if (entry instanceof LeaseMessage.Renew(long group, var epoch, int leaseMillis, long sent)) {
            if (present.onRenew(from.number(), group, epoch.counter(), epoch.voter(), leaseMillis, clockNow())) {
                acknowledgements.get(from.number()).add(new LeaseMessage.RenewAck(group, epoch, sent));
                wake();
            }
        } else if (entry instanceof LeaseMessage.RenewAck(long group, var epoch, long echo)
                && present.onRenewAck(from.number(), group, epoch.counter(), epoch.voter(), echo, clockNow())) {
            publish(epoch, present.usableUntilNanos(group));
        }
    }

    // ---- What others of this host see

    /** Whether the lease page says that the group may act now. */
    boolean usable() {
        return clockNow() < pageUntil;
    }

    /** What was begun while usable may last the stop margin. */
    boolean mayHaveEffects() {
        return powered && !stoppedInOrder && clockNow() < effectsUntil;
    }

    Epoch pageEpoch() {
        return pageEpoch;
    }

    void want() {
        if (hasData) {
            List<CopyEntry> copies = mirror.goodCopies();
            toKeeper(new LeaseEvent.Want(GROUP, wants, Duration.ofMillis(number() == 1 ? 0 : 100), copies));
        }
    }

    long recordChange(Epoch epoch, List<CopyEntry> copies) {
        request++;
        toKeeper(new LeaseEvent.RecordChange(request, GROUP, epoch, copies));
        return request;
    }

    /** Through the keeper's socket: it is read when the keeper runs. */
    private void toKeeper(LeaseEvent event) {
        simulation.at(simulation.now(), keeper, () -> step(event));
    }

    // ---- What a person or a failing agent does

    void move() {
        if (isHolding() && core != null) {
            trace("moves away");
            Epoch epoch = pageEpoch;
            mirror.demote();
            stoppedInOrder = true;
            wants = false;
            want();
            toKeeper(new LeaseEvent.Release(++request, GROUP, epoch));
            simulation.at(simulation.now() + 1_000 * Simulation.MILLI, keeper, () -> {
                wants = true;
                want();
            });
        }
    }

    /** A request that would lose the data for ever; it must be refused. */
    void mirrorIsConfused() {
        if (isHolding()) {
            mirror.forgetAllCopies();
        }
    }

    void agentFallsSilent() {
        if (isHolding() && core != null) {
            toKeeper(new LeaseEvent.GiveUp(GROUP, pageEpoch, LostReason.AGENT_SILENT));
        }
    }

    void trace(String what) {
        if (simulation.isTracing()) {
            simulation.trace(this + " " + what);
        }
    }

    @Override
    public String toString() {
        return voter.toString();
    }
}
