// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.fencing.FencingEffect;
import io.metalha.node.fencing.FencingEvent;
import io.metalha.node.fencing.FencingMachine;
import io.metalha.node.fencing.FencingPlan;
import io.metalha.node.lease.LeaseEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one of the two hosts with data does to have the other powered off, by the real machine, and the device between them. Two
 * seeds of five have devices.
 */
final class SimulatedFencing {
    private static final long MILLI = Simulation.MILLI;
    private static final long SECOND = 1_000 * MILLI;
    private static final long LOOK = 50 * MILLI;
    private static final List<FaultKind> OUTCOMES =
            List.of(FaultKind.FENCE_CONFIRMED, FaultKind.FENCE_LATE, FaultKind.FENCE_FAILS, FaultKind.FENCE_SILENT);

    private final Simulation simulation;
    private final SimulatedHost host;
    private final int victim;
    private final SplittableRandom random;
    private final List<FaultKind> outcomes;
    private final FencingMachine machine;
    private final Lane device = new Lane();
    private final long silence;
    private final boolean always;
    private final long[] heardAt;
    private final Epoch[] newest;
    private boolean alive;
    private boolean ended;

    private SimulatedFencing(
            Simulation simulation,
            SimulatedHost host,
            int hostCount,
            SplittableRandom random,
            List<FaultKind> outcomes) {
        this.simulation = simulation;
        this.host = host;
        this.victim = 3 - host.number();
        this.random = random;
        this.outcomes = outcomes;
        this.silence = (150 + random.nextLong(350)) * MILLI;
        this.always = random.nextBoolean();
        this.heardAt = new long[hostCount + 1];
        Arrays.fill(heardAt, -SECOND);
        this.newest = new Epoch[simulation.groups()];
        Arrays.fill(newest, Epoch.NONE);
        this.machine = new FencingMachine(
                FencingPlan.of(
                        new NodeId("host" + victim),
                        List.of(List.of("device")),
                        Duration.ofMillis(random.nextLong(200)),
                        host.number() < victim),
                bound -> random.nextLong(bound));
    }

    static @Nullable SimulatedFencing of(Simulation simulation, SimulatedHost host, int hostCount) {
        SplittableRandom random = simulation.fencingRandom();
        boolean has = random.nextInt(5) < 2;
        List<FaultKind> outcomes = OUTCOMES.stream().filter(simulation::may).toList();
        SplittableRandom own = host.number() == 1 ? random : random.split();
        return has && !outcomes.isEmpty() ? new SimulatedFencing(simulation, host, hostCount, own, outcomes) : null;
    }

    /** With the keeper, for it is told of what is heard by that. */
    void agentStarts() {
        simulation.at(simulation.now() + LOOK, host.keeperLane(), this::look);
    }

    void heard(int from) {
        heardAt[from] = simulation.now();
    }

    /** Whose the newest epoch is that the host's own voter granted. */
    void seen(int group, Epoch epoch) {
        newest[group] = epoch.isAbove(newest[group]) ? epoch : newest[group];
    }

    /** All heals: no order is carried out any more, and no answer comes. */
    void end() {
        ended = true;
        device.end();
    }

    private void look() {
        if (ended) {
            return;
        }
        boolean heard = isHeard(victim);
        if (heard != alive) {
            alive = heard;
            step(heard ? new FencingEvent.Heard(now()) : new FencingEvent.Vanished(held(), now()));
        }
        if (!always) {
            var taken = new ArrayList<GroupId>();
            for (int group = 0; group < newest.length; group++) {
                if (newest[group].voter() != victim) {
                    taken.add(id(group));
                }
            }
            step(new FencingEvent.TakenOver(Set.copyOf(taken), now()));
        }
        step(new FencingEvent.Tick(hearsMajority(), now()));
        simulation.at(simulation.now() + LOOK, host.keeperLane(), this::look);
    }

    private boolean isHeard(int number) {
        return simulation.now() - heardAt[number] < silence;
    }

    private boolean hearsMajority() {
        int heard = 1;
        for (int number = 1; number < heardAt.length; number++) {
            heard += number != host.number() && isHeard(number) ? 1 : 0;
        }
        return heard > simulation.hostCount() / 2;
    }

    private Map<GroupId, Epoch> held() {
        Map<GroupId, Epoch> held = new HashMap<>();
        for (int group = 0; group < newest.length; group++) {
            if (newest[group].voter() == victim) {
                held.put(id(group), newest[group]);
            }
        }
        return held;
    }

    private static GroupId id(int group) {
        return new GroupId("g" + group);
    }

    private MonotonicTime now() {
        return new MonotonicTime(simulation.now());
    }

    private void step(FencingEvent event) {
        machine.step(event).forEach(this::carryOut);
    }

    private void carryOut(FencingEffect effect) {
        switch (effect) {
            case FencingEffect.PowerOff(long order, var _, var _) -> order(order);
            case FencingEffect.Dead(var _, var held, var _) -> dead(held);
            case FencingEffect.Failed _ -> {}
        }
    }

    // ---- The device

    private void order(long order) {
        FaultKind outcome = outcomes.get(random.nextInt(outcomes.size()));
        host.trace("orders host " + victim + " off: " + outcome);
        boolean cuts = random.nextBoolean();
        long cutAfter = (20 + random.nextLong(280)) * MILLI;
        switch (outcome) {
            case FENCE_CONFIRMED -> cut(order, cutAfter, random.nextLong(50) * MILLI, outcome);
            case FENCE_LATE -> cut(order, cutAfter, random.nextLong(8) * SECOND, outcome);
            case FENCE_FAILS -> {
                simulation.struck(outcome);
                if (cuts) {
                    simulation.at(simulation.now() + cutAfter, device, this::cut);
                }
                answer(random.nextLong(500) * MILLI, unconfirmed(order));
            }
            case FENCE_SILENT -> {
                simulation.struck(outcome);
                if (cuts) {
                    simulation.at(simulation.now() + random.nextLong(3 * SECOND), device, this::cut);
                }
                answer(2 * SECOND, unconfirmed(order));
            }
            default -> throw new IllegalStateException("no outcome of an order: " + outcome);
        }
    }

    /** What is off when asked right after it was cut is confirmed, however long the answer takes. */
    private void cut(long order, long after, long answerTakes, FaultKind outcome) {
        simulation.at(simulation.now() + after, device, () -> {
            simulation.struck(outcome);
            cut();
            answer(answerTakes, new FencingEvent.Confirmed(order, now()));
        });
    }

    private void cut() {
        SimulatedHost other = simulation.host(victim);
        if (other.isPowered()) {
            other.powerOff();
            // A board may turn it on again at once, a person later.
            long off = random.nextBoolean() ? random.nextLong(100) : random.nextLong(3_000);
            simulation.at(simulation.now() + off * MILLI, device, other::boot);
        }
    }

    private FencingEvent unconfirmed(long order) {
        return simulation.has(ToySafeguard.UNCONFIRMED_PROVES_NOTHING)
                ? new FencingEvent.Unconfirmed(order, "no answer", now())
                : new FencingEvent.Confirmed(order, now());
    }

    private void answer(long takes, FencingEvent event) {
        simulation.at(simulation.now() + takes, device, () -> {
            if (host.keeperRuns() && !host.standsStill()) {
                step(event);
            } else {
                // The agent begins anew or stands still, and has its own timeout for what it asked.
                step(new FencingEvent.Unconfirmed(orderOf(event), "not heard", now()));
            }
        });
    }

    private static long orderOf(FencingEvent event) {
        return switch (event) {
            case FencingEvent.Confirmed(long order, var _) -> order;
            case FencingEvent.Unconfirmed(long order, var _, var _) -> order;
            default -> throw new IllegalStateException("no answer: " + event);
        };
    }

    private void dead(Map<GroupId, Epoch> held) {
        for (int group = 0; group < newest.length; group++) {
            Epoch ended = held.get(id(group));
            if (!simulation.has(ToySafeguard.FENCED_BOOT)) {
                ended = newest[group].voter() == victim ? newest[group] : null;
            }
            if (ended != null) {
                host.toKeeper(new LeaseEvent.OwnerDead(SimulatedGroup.keyOf(group), ended));
            }
        }
    }
}
