// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.config.ConfigStore;
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
import io.metalha.node.group.Recovery;
import io.metalha.node.group.ResourceId;
import io.metalha.node.group.ResourcePlan;
import io.metalha.node.group.StopClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Plays a takeover and a move through without effect, so that the classes of the first real one are loaded. */
final class Rehearsal {
    private Rehearsal() {}

    static void run() {
        Duration second = Duration.ofSeconds(1);
        ResourceId disk = new ResourceId("disk");
        GroupPlan plan = new GroupPlan(
                new GroupId("rehearsal"),
                List.of(
                        new ResourcePlan(disk, StopClass.DISK, List.of(), second, second, ""),
                        new ResourcePlan(new ResourceId("unit"), StopClass.PROCESS, List.of(disk), second, second, "")),
                List.of(),
                new Recovery(1, 1, second, Recovery.FinalAction.STOP_GROUP, true, false));
        GroupMachine machine = new GroupMachine(plan, List.of());
        MonotonicTime now = MonotonicTime.ZERO;
        Epoch epoch = new Epoch(1, 1);
        Cause cause = new Cause(Cause.Kind.FAILOVER, "a", "rehearsal", second, second, second);
        for (Event event : List.of(
                new Event.Unheld(Event.Left.FROZEN, now),
                new Event.Granted(epoch, cause, now),
                new Event.StopListed(epoch, true, "", now),
                new Event.GiveUp(new Leave(Leave.Kind.MOVE, "b", "rehearsal"), now),
                new Event.Released(epoch, now))) {
            play(machine, event, now);
        }
    }

    private static void play(GroupMachine machine, Event first, MonotonicTime now) {
        Deque<Event> events = new ArrayDeque<>(List.of(first));
        while (!events.isEmpty()) {
            for (Effect effect : machine.step(events.poll())) {
                switch (effect) {
                    case Effect.Start e -> events.add(new Event.StepDone(e.call(), now));
                    case Effect.Stop e -> events.add(new Event.StepDone(e.call(), now));
                    case Effect.Probe e -> events.add(new Event.Probed(e.call(), Event.ProbeResult.STOPPED, "", now));
                    case Effect.Started e -> ConfigStore.text(Takeover.report(e, new NodeId("b"), Instant.EPOCH));
                    case Effect.Interrupt _,
                            Effect.Hold _,
                            Effect.Unhold _,
                            Effect.Release _,
                            Effect.StartMonitors _,
                            Effect.StopMonitors _,
                            Effect.Redefine _,
                            Effect.Restarted _,
                            Effect.Left _,
                            Effect.Ended _,
                            Effect.Say _ -> {}
                }
            }
        }
    }
}
