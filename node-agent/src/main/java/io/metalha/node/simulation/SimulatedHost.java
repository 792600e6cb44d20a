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
import io.metalha.node.lease.VoterSet;
import io.metalha.node.witness.WitnessMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server: its keeper around a real core, and what it has of each group. */
final class SimulatedHost {
    /** Rates differ by at most twice this, in a million: just inside the bound of 10 per mille. */
    private static final long DRIFT_MAX = 4_975;

    private static final LeaseEvent.Tick TICK = new LeaseEvent.Tick();

    private final Simulation simulation;
    private final VoterId voter;
    private final boolean hasData;
    private final Lane keeper = new Lane();
    private final Lane mirrorLane = new Lane();
    private final SimulatedClock clock;
    private final SimulatedStore store;
    private final SimulatedGroup[] groups;
    private final @Nullable SimulatedWitness witness;
    private Timing timing;
    private VoterSet set;
    private VoterSet toldSet;
    private boolean fresh = true;

    private @Nullable LeaseCore core;
    private boolean powered;
    private boolean suspended;
    private long asleepUntil;
    private long session;
    private final long[] peerSession;
    private final List<List<LeaseMessage>> acknowledgements = new ArrayList<>();
    private long wakeAt = Long.MAX_VALUE;
    /** By the host's clock, what {@link #wakeAt} was made of. */
    private long wakeReading = Long.MAX_VALUE;

    private final @Nullable SimulatedFencing fencing;
    private long requests;
    private boolean resuming;

    SimulatedHost(Simulation simulation, VoterId voter, boolean hasData, int groupCount, int hostCount) {
        this.simulation = simulation;
        this.voter = voter;
        this.hasData = hasData;
        this.clock = new SimulatedClock(simulation.may(FaultKind.DRIFT) ? drift() : 0);
        this.timing = simulation.timing();
        this.set = simulation.firstSet();
        this.toldSet = set;
        this.store = new SimulatedStore(simulation, new Lane(), this::persisted);
        this.groups = new SimulatedGroup[groupCount];
        for (int i = 0; i < groupCount; i++) {
            groups[i] = new SimulatedGroup(simulation, this, i);
        }
        this.fencing = hasData ? SimulatedFencing.of(simulation, this, hostCount) : null;
        SimulatedLease object = simulation.object();
        this.witness = object == null ? null : new SimulatedWitness(simulation, this, object);
        int peers = hostCount + 1;
        this.peerSession = new long[peers];
        for (int i = 0; i < peers; i++) {
            acknowledgements.add(new ArrayList<>());
        }
    }

    private long drift() {
        return simulation.chance(0.5)
                ? simulation.random(2 * DRIFT_MAX) - DRIFT_MAX
                : simulation.chance(0.5) ? DRIFT_MAX : -DRIFT_MAX;
    }

    int number() {
        return voter.number();
    }

    boolean hasData() {
        return hasData;
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

    SimulatedGroup group(int index) {
        return groups[index];
    }

    boolean isPowered() {
        return powered;
    }

    boolean isAsleep() {
        return clock.isAsleep();
    }

    boolean sleptUnnoticed() {
        return suspended;
    }

    boolean keeperRuns() {
        return core != null;
    }

    @Nullable
    SimulatedWitness witness() {
        return witness;
    }

    WitnessMemory witnessMemory() {
        return witness == null ? WitnessMemory.NOTHING : witness.memory();
    }

    long realTimeOf(long reading) {
        return clock.realTimeOf(reading);
    }

    long clockNow() {
        return clock.read(simulation.now());
    }

    long stopMarginNanos() {
        return timing.stopMargin().toNanos();
    }

    long nextRequest() {
        return ++requests;
    }

    // ---- Life

    void boot() {
        if (powered) {
            return;
        }
        powered = true;
        fresh = false;
        clock.restart(simulation.now(), 1_000_000_000L + simulation.random(1_000_000_000_000L));
        if (witness != null) {
            witness.start();
        }
        startKeeper();
    }

    void powerOff() {
        trace("power off");
        powered = false;
        suspended = false;
        endKeeper();
        mirrorLane.end();
        if (witness != null) {
            witness.end();
        }
        store.powerOff();
        for (SimulatedGroup group : groups) {
            group.powerOff();
        }
    }

    /** The page, the mirror and what runs stay. */
    void restartKeeper(long downFor, boolean inOrder) {
        trace(inOrder ? "keeper restarts" : "keeper is killed");
        endKeeper();
        store.keeperEnds(inOrder);
        simulation.at(simulation.now() + downFor, keeper, this::startKeeper);
    }

    private void endKeeper() {
        boolean paused = keeper.isPaused(simulation.now());
        keeper.end();
        if (paused && powered) {
            throw new IllegalStateException("a keeper that stands still cannot end");
        }
        core = null;
        neverWake();
    }

    private void startKeeper() {
        if (!store.canRead()) {
            simulation.struck(FaultKind.DISK_ERROR);
            simulation.at(simulation.now() + 1_000 * Simulation.MILLI, keeper, this::startKeeper);
            return;
        }
        timing = simulation.timing();
        voidWhatWasSleptOver();
        session = simulation.now() + 1;
        Arrays.fill(peerSession, 0);
        acknowledgements.forEach(List::clear);
        set = toldSet;
        core = simulation.core(voter, set, timing);
        if (witness != null) {
            witness.keeperBegan();
        }
        trace("keeper starts, lease " + timing.lease().toMillis() + " ms");
        step(store.started(timing));
        resuming = true;
        for (SimulatedGroup group : groups) {
            if (!group.pageEpoch().equals(Epoch.NONE) && group.pageUntil() > 0) {
                step(new LeaseEvent.Resume(group.key(), group.pageEpoch(), new MonotonicTime(group.pageUntil())));
            }
        }
        resuming = false;
        for (SimulatedGroup group : groups) {
            group.keeperStarts();
        }
        heartbeat();
        if (fencing != null) {
            fencing.agentStarts();
        }
    }

    void fencingEnds() {
        if (fencing != null) {
            fencing.end();
        }
    }

    // ---- The voter set

    /** Used from the next start on; false when it is used already. */
    boolean told(VoterSet newer) {
        toldSet = newer.number() > toldSet.number() ? newer : toldSet;
        return toldSet != set;
    }

    /** It was never on. */
    boolean isFresh() {
        return fresh;
    }

    /** What it says now: the number of the set that it has settled in; 0 when it says nothing, or lacks something. */
    long settledSet() {
        LeaseCore present = core;
        return powered && present != null && present.isSettled() ? set.number() : 0;
    }

    // ---- Standing still

    void pauseKeeper(long until) {
        simulation.pause(keeper, until);
    }

    void pause(long until) {
        simulation.pause(keeper, until);
        simulation.pause(mirrorLane, until);
        if (witness != null) {
            simulation.pause(witness.lane(), until);
        }
    }

    /** The clock stands too. The keeper looks at BOOTTIME first when it runs again, which is perhaps after the mirror did. */
    void suspend(long until) {
        clock.sleep(simulation.now());
        suspended = true;
        asleepUntil = until;
        simulation.atAnyLife(until, simulation.world(), () -> {
            if (asleepUntil == until) {
                wakeUp();
            }
        });
        simulation.pause(mirrorLane, until);
        if (witness != null) {
            simulation.pause(witness.lane(), until);
        }
        simulation.pause(keeper, until + (simulation.chance(0.5) ? 0 : simulation.random(2 * Simulation.MILLI)));
    }

    private void wakeUp() {
        if (clock.isAsleep()) {
            clock.wake(simulation.now());
            if (witness != null) {
                witness.wokeUp();
            }
            for (SimulatedGroup group : groups) {
                group.wokeUp();
            }
        }
    }

    /** Whatever stands still goes on now. */
    void goOn() {
        asleepUntil = 0;
        wakeUp();
        simulation.release(keeper);
        simulation.release(mirrorLane);
        if (witness != null) {
            simulation.release(witness.lane());
        }
    }

    boolean standsStill() {
        return keeper.isPaused(simulation.now()) || mirrorLane.isPaused(simulation.now());
    }

    void driftAnew() {
        clock.rate(simulation.now(), drift());
        neverWake();
        wake();
    }

    /** The page has what the keeper before saw of BOOTTIME: it was away while the host slept. */
    private void voidWhatWasSleptOver() {
        if (!suspended) {
            return;
        }
        suspended = false;
        trace("was suspended while no keeper ran");
        for (SimulatedGroup group : groups) {
            group.publish(group.pageEpoch(), 0);
            group.mirror().demote();
        }
    }

    private void noticeSuspension() {
        if (suspended && core != null) {
            suspended = false;
            trace("was suspended");
            step(new LeaseEvent.Suspended());
        }
    }

    // ---- Keeper

    private void step(LeaseEvent event) {
        noticeSuspension();
        LeaseCore present = core;
        if (present == null) {
            return;
        }
        if (simulation.isTracing() && !(event instanceof LeaseEvent.Tick)) {
            trace(event.toString());
        }
        List<LeaseEffect> effects = present.step(event, new MonotonicTime(clockNow()));
        for (int i = 0; i < effects.size(); i++) {
            execute(effects.get(i));
        }
        wake();
    }

    private void neverWake() {
        wakeAt = Long.MAX_VALUE;
        wakeReading = Long.MAX_VALUE;
    }

    private void wake() {
        LeaseCore present = core;
        long next = present == null ? Long.MAX_VALUE : present.nextDeadlineNanos();
        if (next >= wakeReading) {
            return;
        }
        long at = Math.max(clock.realTimeOf(next), simulation.now() + 1);
        if (at < wakeAt) {
            wakeAt = at;
            wakeReading = next;
            simulation.at(at, keeper, () -> {
                if (simulation.now() >= wakeAt) {
                    neverWake();
                    step(TICK);
                }
            });
        }
    }

    private void execute(LeaseEffect effect) {
        if (simulation.isTracing()) {
            trace("  -> " + effect);
        }
        switch (effect) {
            case LeaseEffect.Send(var to, var message) -> {
                if (witness != null && simulation.isPassive(to)) {
                    witness.ask(message);
                } else {
                    send(to.number(), new SimulatedPacket.Lease(message));
                }
            }
            case LeaseEffect.Persist persist -> store.write(persist);
            case LeaseEffect.PersistStore persist -> store.write(persist);
            case LeaseEffect.Publish(long key, var epoch, var until) ->
                groupOf(key).publish(epoch, until.nanos());
            case LeaseEffect.Granted(long key, var epoch, var copies, int _, var _) -> {
                SimulatedGroup group = groupOf(key);
                group.truth().granted(this, epoch, resuming);
                group.granted();
                group.mirror().promote(epoch, copies);
            }
            case LeaseEffect.Lost(long key, var _, var _) ->
                groupOf(key).mirror().demote();
            case LeaseEffect.Recorded(long which, long key, boolean ok, String _, long _) ->
                groupOf(key).mirror().recorded(which, ok);
            case LeaseEffect.HolderChanged(long key, var epoch, int _, var _) -> {
                if (fencing != null) {
                    fencing.seen(groupOf(key).index(), epoch);
                }
            }
            case LeaseEffect.Released _, LeaseEffect.WantRefused _ -> {}
        }
    }

    private SimulatedGroup groupOf(long key) {
        return groups[(int) (key - SimulatedGroup.keyOf(0))];
    }

    private void persisted(long token) {
        simulation.at(simulation.now(), keeper, () -> step(new LeaseEvent.Persisted(token)));
    }

    private void heartbeat() {
        noticeSuspension();
        LeaseCore present = core;
        if (present == null) {
            return;
        }
        List<LeaseMessage> renewals = new ArrayList<>(groups.length);
        present.renew(
                clockNow(),
                (group, counter, epochVoter, leaseMillis, sent) ->
                        renewals.add(new LeaseMessage.Renew(group, new Epoch(counter, epochVoter), leaseMillis, sent)));
        // A cluster of one voter renews by its own vote alone.
        for (SimulatedGroup group : groups) {
            long until = present.usableUntilNanos(group.key());
            if (until > group.pageUntil() && !group.pageEpoch().equals(Epoch.NONE)) {
                group.publish(group.pageEpoch(), until);
            }
        }
        for (SimulatedHost peer : simulation.hosts()) {
            if (peer != this) {
                send(peer.number(), new SimulatedPacket.Heartbeat(riding(renewals, peer.number())));
            }
        }
        wake();
        simulation.at(clock.realTimeOf(clockNow() + timing.heartbeat().toNanos()), keeper, this::heartbeat);
    }

    private List<LeaseMessage> riding(List<LeaseMessage> renewals, int peer) {
        List<LeaseMessage> acknowledged = acknowledgements.get(peer);
        if (acknowledged.isEmpty()) {
            return renewals;
        }
        List<LeaseMessage> entries = new ArrayList<>(renewals.size() + acknowledged.size());
        entries.addAll(renewals);
        entries.addAll(acknowledged);
        acknowledged.clear();
        return entries;
    }

    void send(int to, SimulatedPacket.Body body) {
        simulation.network.send(
                this, simulation.host(to), new SimulatedPacket(session, peerSession[to], set.number(), body));
    }

    void receive(SimulatedHost from, SimulatedPacket packet) {
        if (!powered) {
            return;
        }
        if (packet.body() instanceof SimulatedPacket.Mirror body) {
            groups[body.group()].mirror().receive(from, body);
            return;
        }
        if (core == null) {
            return;
        }
        if (fencing != null) {
            fencing.heard(from.number());
        }
        noticeSuspension();
        if (packet.fromSession() > peerSession[from.number()]) {
            peerSession[from.number()] = packet.fromSession();
            step(new LeaseEvent.SessionChanged(from.voter));
        }
        boolean present = packet.fromSession() == peerSession[from.number()] && packet.toSession() == session;
        if (!present && simulation.has(ToySafeguard.SESSIONS)) {
            return;
        }
        switch (packet.body()) {
            case SimulatedPacket.Lease(var message)
            when core.hears(packet.setNumber(), false) -> step(new LeaseEvent.Received(from.voter, message));
            case SimulatedPacket.Lease _ -> {}
            case SimulatedPacket.Heartbeat(var entries)
            when core.hears(packet.setNumber(), true) -> {
                for (int i = 0; i < entries.size(); i++) {
                    ride(from, entries.get(i));
                }
            }
            case SimulatedPacket.Heartbeat _, SimulatedPacket.Mirror _ -> {}
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
            groupOf(group).publish(epoch, present.usableUntilNanos(group));
        }
    }

    // ---- The agent's and the mirror's line to the keeper

    long recordChange(long key, Epoch epoch, List<CopyEntry> copies) {
        long request = nextRequest();
        toKeeper(new LeaseEvent.RecordChange(request, key, epoch, copies));
        return request;
    }

    /** Through the keeper's socket: it is read when the keeper runs. */
    void toKeeper(LeaseEvent event) {
        simulation.at(simulation.now(), keeper, () -> step(event));
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
