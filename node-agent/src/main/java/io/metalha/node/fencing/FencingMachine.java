// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * The fencing of one server by this one.
 *
 * <pre>
 *            Vanished with groups            delay over, entitled             last device of a level
 *   Idle ───────────────────────────► Waiting ─────────────────► Ordered ───────────────────────────► Done
 *    ▲  ◄─────── Heard, TakenOver ──────┘  ▲                        │ no level confirmed
 *    └──────── Heard, TakenOver ───────────┼─── Failed ◄────────────┘
 *                                          └──────┘ {@link #AGAIN} later
 * </pre>
 *
 * <p>Invariant: {@link FencingEffect.Dead} names epochs that were held when the order was given and no others. An epoch is taken
 * by one boot and never by another (a keeper resumes one from its lease page, which does not outlive a boot), and the order
 * came after it: whatever boot took it is over. Story, without: (1) server1 hangs, server2 orders; the board powers it off and
 * the answer is late. (2) server1 boots and takes the group again under a new epoch. (3) The answer comes, server2 counts it for
 * what server1 holds now, and starts beside it.
 */
public final class FencingMachine {
    /** After every level failed. */
    static final Duration AGAIN = Duration.ofSeconds(30);

    private final LongUnaryOperator random;
    private FencingPlan plan;
    private State state = new State.Idle();
    private long orders;

    private sealed interface State {
        record Idle() implements State {}

        record Waiting(Map<GroupId, Epoch> held, MonotonicTime until) implements State {}

        /**
         * @param device place of the device whose answer is awaited within its level
         * @param again  whether to try once more when no level confirms: not for a person, nor for who is heard meanwhile
         */
        record Ordered(Map<GroupId, Epoch> held, boolean again, long order, int level, int device, List<String> reasons)
                implements State {}

        record Failed(Map<GroupId, Epoch> held, MonotonicTime again) implements State {}

        /** Off, and not heard since. */
        record Done() implements State {}
    }

    /** @param random 0 up to, not including, its argument */
    public FencingMachine(FencingPlan plan, LongUnaryOperator random) {
        this.plan = plan;
        this.random = random;
    }

    /** Another plan; what an order under way answers for other devices counts no more. */
    public void plan(FencingPlan next) {
        if (!next.levels().equals(plan.levels()) && state instanceof State.Ordered ordered) {
            state = ordered.again() ? new State.Failed(ordered.held(), MonotonicTime.ZERO) : new State.Idle();
        }
        plan = next;
    }

    /** Whether an order is under way. */
    public boolean isOrdered() {
        return state instanceof State.Ordered;
    }

    public List<FencingEffect> step(FencingEvent event) {
        List<FencingEffect> effects = new ArrayList<>();
        state = next(event, effects);
        return effects;
    }

    private State next(FencingEvent event, List<FencingEffect> effects) {
        return switch (event) {
            case FencingEvent.Vanished(var held, var now) ->
                // Who held nothing stopped cleanly, or never ran anything: it is left alone.
                state instanceof State.Idle && !held.isEmpty() ? new State.Waiting(held, now.plus(delay())) : state;
            case FencingEvent.TakenOver(var groups, var _) ->
                switch (state) {
                    case State.Waiting(var held, var until) -> {
                        Map<GroupId, Epoch> left = without(held, groups);
                        yield left.isEmpty() ? new State.Idle() : new State.Waiting(left, until);
                    }
                    case State.Failed(var held, var again) -> {
                        Map<GroupId, Epoch> left = without(held, groups);
                        yield left.isEmpty() ? new State.Idle() : new State.Failed(left, again);
                    }
                    case State.Idle _, State.Ordered _, State.Done _ -> state;
                };
            case FencingEvent.Heard _ ->
                switch (state) {
                    // The order is out; what it answers still counts for what was held before it.
                    case State.Ordered(var held, boolean _, long order, int level, int device, var reasons) ->
                        new State.Ordered(held, false, order, level, device, reasons);
                    case State.Idle _, State.Waiting _, State.Failed _, State.Done _ -> new State.Idle();
                };
            case FencingEvent.Demanded(var held, var _) ->
                state instanceof State.Ordered ? state : order(held, false, 0, 0, List.of(), effects);
            case FencingEvent.Tick(boolean entitled, var now) ->
                switch (state) {
                    case State.Waiting(var held, var until)
                    when entitled && now.isAtOrAfter(until) -> order(held, true, 0, 0, List.of(), effects);
                    case State.Failed(var held, var again)
                    when entitled && now.isAtOrAfter(again) -> order(held, true, 0, 0, List.of(), effects);
                    case State.Idle _, State.Waiting _, State.Ordered _, State.Failed _, State.Done _ -> state;
                };
            case FencingEvent.Confirmed(long order, var _) ->
                state instanceof State.Ordered ordered && ordered.order() == order
                        ? confirmed(ordered, effects)
                        : state;
            case FencingEvent.Unconfirmed(long order, var reason, var now) ->
                state instanceof State.Ordered ordered && ordered.order() == order
                        ? unconfirmed(ordered, reason, now, effects)
                        : state;
        };
    }

    private static Map<GroupId, Epoch> without(Map<GroupId, Epoch> held, Set<GroupId> groups) {
        Map<GroupId, Epoch> left = new HashMap<>(held);
        left.keySet().removeAll(groups);
        return left;
    }

    private Duration delay() {
        long spread = plan.spread().toNanos();
        return plan.delay().plusNanos(spread > 0 ? random.applyAsLong(spread) : 0);
    }

    private State order(
            Map<GroupId, Epoch> held,
            boolean again,
            int level,
            int device,
            List<String> reasons,
            List<FencingEffect> effects) {
        long order = ++orders;
        effects.add(new FencingEffect.PowerOff(
                order, plan.victim(), plan.levels().get(level).get(device)));
        return new State.Ordered(held, again, order, level, device, reasons);
    }

    private State confirmed(State.Ordered ordered, List<FencingEffect> effects) {
        List<String> devices = plan.levels().get(ordered.level());
        if (ordered.device() + 1 < devices.size()) {
            return order(
                    ordered.held(), ordered.again(), ordered.level(), ordered.device() + 1, ordered.reasons(), effects);
        }
        effects.add(new FencingEffect.Dead(plan.victim(), ordered.held(), devices));
        return new State.Done();
    }

    private State unconfirmed(State.Ordered ordered, String reason, MonotonicTime now, List<FencingEffect> effects) {
        List<String> reasons = new ArrayList<>(ordered.reasons());
        reasons.add(plan.levels().get(ordered.level()).get(ordered.device()) + ": " + reason);
        if (ordered.level() + 1 < plan.levels().size()) {
            return order(ordered.held(), ordered.again(), ordered.level() + 1, 0, List.copyOf(reasons), effects);
        }
        effects.add(new FencingEffect.Failed(plan.victim(), List.copyOf(reasons)));
        return ordered.again() ? new State.Failed(ordered.held(), now.plus(AGAIN)) : new State.Idle();
    }
}
