// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FencingMachineTest {
    private static final NodeId VICTIM = new NodeId("server1");
    private static final Map<GroupId, Epoch> HELD = Map.of(new GroupId("db"), new Epoch(5, 1));
    private static final Map<GroupId, Epoch> LATER = Map.of(new GroupId("db"), new Epoch(7, 1));

    private final FencingMachine machine = machine(List.of(List.of("ipmi"), List.of("outlet-a", "outlet-b")));

    @Test
    void aConfirmedPowerOffEndsWhatWasHeld() {
        vanish();
        assertEquals(List.of(powerOff(1, "ipmi")), tick(0));
        assertEquals(List.of(new FencingEffect.Dead(VICTIM, HELD, List.of("ipmi"))), confirm(1));
        assertEquals(List.of(), tick(100));
    }

    /** A server that stopped cleanly gave everything back. */
    @Test
    void whoHeldNothingIsNeverFenced() {
        machine.step(new FencingEvent.Vanished(Map.of(), at(0)));
        assertEquals(List.of(), tick(1_000));
    }

    @Test
    void whoIsHeardAgainDuringTheDelayIsLeftAlone() {
        FencingMachine second = new FencingMachine(plan(Duration.ofSeconds(5)), _ -> 0);
        second.step(new FencingEvent.Vanished(HELD, at(0)));
        assertEquals(List.of(), second.step(new FencingEvent.Tick(true, at(4))));
        second.step(new FencingEvent.Heard(at(4)));
        assertEquals(List.of(), second.step(new FencingEvent.Tick(true, at(6))));
    }

    /** Two that do not hear each other: the other one's delay is longer than anything that the first may wait. */
    @Test
    void theFirstOfTheListShootsBeforeTheSecondMay() {
        Duration configured = Duration.ofSeconds(5);
        FencingPlan first = FencingPlan.of(VICTIM, List.of(List.of("ipmi")), configured, true);
        FencingPlan second = FencingPlan.of(VICTIM, List.of(List.of("ipmi")), configured, false);
        Duration slowestFirst = first.delay().plus(first.spread());
        assertEquals(Duration.ofMillis(2_500), second.delay().minus(slowestFirst));
    }

    @Test
    void theDelayHasARandomPart() {
        FencingPlan plan = FencingPlan.of(VICTIM, List.of(List.of("ipmi")), Duration.ofSeconds(4), true);
        FencingMachine late = new FencingMachine(plan, bound -> bound - 1);
        late.step(new FencingEvent.Vanished(HELD, at(0)));
        assertEquals(List.of(), late.step(new FencingEvent.Tick(true, at(1))));
        assertEquals(List.of(powerOff(1, "ipmi")), late.step(new FencingEvent.Tick(true, at(2))));
    }

    /** The cut-off server is the one that hears nobody. */
    @Test
    void whoHearsNoMajorityOrdersNothing() {
        vanish();
        assertEquals(List.of(), machine.step(new FencingEvent.Tick(false, at(60))));
        assertEquals(List.of(powerOff(1, "ipmi")), tick(61));
    }

    @Test
    void theNextLevelIsTriedAndBothItsDevicesMustConfirm() {
        vanish();
        tick(0);
        assertEquals(List.of(powerOff(2, "outlet-a")), refuse(1));
        assertEquals(List.of(powerOff(3, "outlet-b")), confirm(2));
        assertEquals(List.of(new FencingEffect.Dead(VICTIM, HELD, List.of("outlet-a", "outlet-b"))), confirm(3));
    }

    @Test
    void anUnconfirmedPowerOffProvesNothingAndIsTriedAgain() {
        vanish();
        tick(0);
        refuse(1);
        assertEquals(
                List.of(new FencingEffect.Failed(VICTIM, List.of("ipmi: no answer", "outlet-a: no answer"))),
                refuse(2));
        assertEquals(List.of(), tick(29));
        assertEquals(List.of(powerOff(3, "ipmi")), tick(30));
    }

    /** The board was slow; meanwhile the server booted and took the group again. */
    @Test
    void aLateConfirmationEndsOnlyWhatWasHeldAtTheOrder() {
        vanish();
        tick(0);
        machine.step(new FencingEvent.Heard(at(3)));
        machine.step(new FencingEvent.Vanished(LATER, at(4)));
        assertEquals(List.of(new FencingEffect.Dead(VICTIM, HELD, List.of("ipmi"))), confirm(1));
    }

    @Test
    void anAnswerToAnEarlierOrderCountsForNothing() {
        vanish();
        tick(0);
        refuse(1);
        assertEquals(List.of(), confirm(1));
        assertEquals(List.of(), refuse(1));
    }

    @Test
    void whoIsHeardWhileTheOrderFailsIsNotOrderedOffAgain() {
        vanish();
        tick(0);
        machine.step(new FencingEvent.Heard(at(1)));
        refuse(1);
        refuse(2);
        assertEquals(List.of(), tick(100));
    }

    @Test
    void aPersonsOrderNeedsNoDelayAndIsNotRepeated() {
        assertEquals(List.of(powerOff(1, "ipmi")), machine.step(new FencingEvent.Demanded(HELD, at(0))));
        refuse(1);
        refuse(2);
        assertEquals(List.of(), tick(100));
    }

    @Test
    void anotherPlanVoidsTheOrderUnderWay() {
        vanish();
        tick(0);
        machine.plan(new FencingPlan(VICTIM, List.of(List.of("redfish")), Duration.ZERO, Duration.ZERO));
        assertEquals(List.of(), confirm(1));
        assertEquals(List.of(powerOff(2, "redfish")), tick(1));
    }

    @Test
    void aLevelHasDevices() {
        assertThrows(IllegalArgumentException.class, () -> machine(List.of(List.of())));
    }

    private static FencingMachine machine(List<List<String>> levels) {
        return new FencingMachine(new FencingPlan(VICTIM, levels, Duration.ZERO, Duration.ZERO), _ -> 0);
    }

    private static FencingPlan plan(Duration delay) {
        return new FencingPlan(VICTIM, List.of(List.of("ipmi")), delay, Duration.ZERO);
    }

    private void vanish() {
        machine.step(new FencingEvent.Vanished(HELD, at(0)));
    }

    private List<FencingEffect> tick(long seconds) {
        return machine.step(new FencingEvent.Tick(true, at(seconds)));
    }

    private List<FencingEffect> confirm(long order) {
        return machine.step(new FencingEvent.Confirmed(order, at(0)));
    }

    private List<FencingEffect> refuse(long order) {
        return machine.step(new FencingEvent.Unconfirmed(order, "no answer", at(0)));
    }

    private static FencingEffect powerOff(long order, String device) {
        return new FencingEffect.PowerOff(order, VICTIM, device);
    }

    private static MonotonicTime at(long seconds) {
        return new MonotonicTime(seconds * 1_000_000_000L);
    }
}
