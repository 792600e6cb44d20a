// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.LostReason;
import java.time.Duration;

/** One group at one host: its slot of the lease page, a toy agent that wants it, a toy mirror. */
final class SimulatedGroup {
    private final Simulation simulation;
    private final SimulatedHost host;
    private final int index;
    private final ToyMirror mirror;

    private boolean wants;
    private Epoch pageEpoch = Epoch.NONE;
    private long pageUntil;
    private long effectsUntil;
    private boolean stoppedInOrder;

    SimulatedGroup(Simulation simulation, SimulatedHost host, int index) {
        this.simulation = simulation;
        this.host = host;
        this.index = index;
        this.mirror = new ToyMirror(simulation, host, this);
    }

    /** {@code GroupId.key()}, or what stands for it here. */
    static long keyOf(int index) {
        return 42L + index;
    }

    long key() {
        return keyOf(index);
    }

    int index() {
        return index;
    }

    ToyMirror mirror() {
        return mirror;
    }

    Truth truth() {
        return simulation.truth(index);
    }

    // ---- The lease page

    Epoch pageEpoch() {
        return pageEpoch;
    }

    long pageUntil() {
        return pageUntil;
    }

    /** Whether the lease page says that the group may act now. */
    boolean usable() {
        return host.clockNow() < pageUntil;
    }

    boolean isHolding() {
        return host.isPowered() && usable();
    }

    /** What was begun while usable may last the stop margin. A host that sleeps has no effects. */
    boolean mayHaveEffects() {
        return host.isPowered() && !host.isAsleep() && !stoppedInOrder && host.clockNow() < effectsUntil;
    }

    void publish(Epoch epoch, long until) {
        if (until > 0 && epoch.equals(pageEpoch) && !usable()) {
            truth().revived(host, epoch);
        }
        pageEpoch = epoch;
        pageUntil = until;
        if (until > 0) {
            effectsUntil = until + host.stopMarginNanos();
            truth().usable(host);
        }
    }

    /** The host was asleep and its keeper has not looked at BOOTTIME yet: what it still held has no effect (rule 21). */
    void wokeUp() {
        effectsUntil = 0;
    }

    void granted() {
        stoppedInOrder = false;
    }

    // ---- The agent

    void keeperStarts() {
        mirror.keeperForgot();
        wants = true;
        want();
    }

    void want() {
        if (host.hasData() && simulation.isBorn(index)) {
            boolean preferred = host.number() == 1 + index % 2;
            host.toKeeper(
                    new LeaseEvent.Want(key(), wants, Duration.ofMillis(preferred ? 0 : 100), mirror.goodCopies()));
        }
    }

    /** A person, or a mirror that refuses: stopped in order, then free for the others for a second. */
    boolean move() {
        if (!isHolding() || !host.keeperRuns()) {
            return false;
        }
        host.trace("moves " + key() + " away");
        Epoch epoch = pageEpoch;
        mirror.demote();
        stoppedInOrder = true;
        wants = false;
        want();
        host.toKeeper(new LeaseEvent.Release(host.nextRequest(), key(), epoch));
        simulation.at(simulation.now() + 1_000 * Simulation.MILLI, host.keeperLane(), () -> {
            wants = true;
            want();
        });
        return true;
    }

    boolean agentFallsSilent() {
        if (!isHolding() || !host.keeperRuns()) {
            return false;
        }
        host.toKeeper(new LeaseEvent.GiveUp(key(), pageEpoch, LostReason.AGENT_SILENT));
        return true;
    }

    // ---- Power

    void powerOff() {
        mirror.powerOff();
        pageEpoch = Epoch.NONE;
        pageUntil = 0;
        effectsUntil = 0;
    }
}
