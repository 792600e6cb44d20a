// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.witness.PassiveVoter;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import io.metalha.node.witness.WitnessMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The agent of one host, as far as it answers for a voter that only stores. */
final class SimulatedWitness {
    private static final long MILLI = Simulation.MILLI;

    private final Simulation simulation;
    private final SimulatedHost host;
    private final SimulatedLease object;
    private final Lane lane = new Lane();
    private WitnessMemory durable = WitnessMemory.NOTHING;
    private @Nullable PassiveVoter voter;
    private long wakeAt = Long.MAX_VALUE;
    private boolean slept;

    SimulatedWitness(Simulation simulation, SimulatedHost host, SimulatedLease object) {
        this.simulation = simulation;
        this.host = host;
        this.object = object;
    }

    Lane lane() {
        return lane;
    }

    WitnessMemory memory() {
        return durable;
    }

    void start() {
        voter = simulation.passiveVoter(durable);
        step(new WitnessEvent.Tick());
    }

    void end() {
        lane.end();
        voter = null;
        slept = false;
        wakeAt = Long.MAX_VALUE;
    }

    void restart(long downFor) {
        end();
        simulation.at(simulation.now() + downFor, lane, this::start);
    }

    boolean runs() {
        return voter != null;
    }

    void wokeUp() {
        slept = true;
    }

    void forgetAll() {
        durable = WitnessMemory.NOTHING;
    }

    /** Through the keeper's socket. */
    void ask(LeaseMessage message) {
        later(() -> step(new WitnessEvent.Asked(message)));
    }

    void keeperBegan() {
        later(() -> step(new WitnessEvent.KeeperGone()));
    }

    private void later(Runnable work) {
        simulation.at(simulation.now() + 50_000 + simulation.passiveRandom(500_000), lane, work);
    }

    private void step(WitnessEvent event) {
        PassiveVoter present = voter;
        if (present == null) {
            return;
        }
        MonotonicTime now = new MonotonicTime(host.clockNow());
        if (slept) {
            slept = false;
            execute(present.step(new WitnessEvent.Suspended(), now));
        }
        if (simulation.isTracing() && !(event instanceof WitnessEvent.Tick)) {
            host.trace("agent: " + event);
        }
        execute(present.step(event, now));
        wake(present);
    }

    private void wake(PassiveVoter present) {
        long next = present.nextDeadlineNanos();
        if (next == Long.MAX_VALUE) {
            return;
        }
        long at = Math.max(host.realTimeOf(next), simulation.now() + 1);
        if (at < wakeAt) {
            wakeAt = at;
            simulation.at(at, lane, () -> {
                wakeAt = Long.MAX_VALUE;
                step(new WitnessEvent.Tick());
            });
        }
    }

    private void execute(List<WitnessEffect> effects) {
        for (WitnessEffect effect : effects) {
            if (simulation.isTracing() && !(effect instanceof WitnessEffect.Read)) {
                host.trace("  agent -> " + effect);
            }
            switch (effect) {
                case WitnessEffect.Read _ -> object.read(host.number(), lane, this::step);
                case WitnessEffect.Write write -> object.write(host.number(), lane, write, this::step);
                case WitnessEffect.Remember(long token, var memory) ->
                    simulation.at(simulation.now() + 200_000 + simulation.passiveRandom(10 * MILLI), lane, () -> {
                        durable = memory;
                        step(new WitnessEvent.Remembered(token));
                    });
                case WitnessEffect.Answer(var message) ->
                    host.toKeeper(new LeaseEvent.Received(simulation.passive(), message));
                case WitnessEffect.Forgetful(boolean forgot) ->
                    host.toKeeper(new LeaseEvent.Forgetful(simulation.passive(), forgot));
                case WitnessEffect.Tell _ -> {}
            }
        }
    }
}
