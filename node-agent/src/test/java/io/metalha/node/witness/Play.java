// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.lease.LeaseMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** One server's client beside an object that others may write: reads each two seconds, answers at once. */
final class Play {
    static final long GROUP = 42;
    static final int LEASE_MILLIS = 10_000;
    static final String CLUSTER = "cluster";

    private static final WitnessTiming TIMING = new WitnessTiming(Duration.ofMillis(LEASE_MILLIS), 10);
    private static final long MILLI = 1_000_000;

    Snapshot object = new Snapshot("object", "1", Registers.blank(CLUSTER));
    boolean reachable = true;
    boolean diskWrites = true;
    final List<LeaseMessage> said = new ArrayList<>();
    final List<Boolean> forgetful = new ArrayList<>();
    WitnessState state;
    WitnessMemory durable;
    int writes;
    Runnable beforeWrite = () -> {};

    private final PassiveVoter voter;
    private final List<WitnessEffect.Remember> unwritten = new ArrayList<>();
    private final Deque<WitnessEvent> events = new ArrayDeque<>();
    private long now = 1_000_000 * MILLI;

    Play(WitnessMemory memory, WitnessSafeguard... missing) {
        Set<WitnessSafeguard> gone = EnumSet.noneOf(WitnessSafeguard.class);
        gone.addAll(List.of(missing));
        durable = memory;
        voter = new PassiveVoter(CLUSTER, TIMING, memory, gone);
    }

    static GroupRecord record(long counter, int owner, long sequence) {
        var copy = new CopyEntry(new UUID(1, 1), new UUID(2, owner), true, 1);
        return new GroupRecord(new Epoch(counter, owner), sequence, owner, List.of(copy));
    }

    static Register register(long serial, GroupRecord record, long renewal) {
        return new Register(serial, record.epoch(), record, LEASE_MILLIS, renewal, false);
    }

    /** Somebody else writes. */
    void put(long group, Register register) {
        put(
                object.uid(),
                object.registers()
                        .with(group, register, object.registers().complete())
                        .written());
    }

    void put(String uid, Registers registers) {
        object = new Snapshot(uid, Integer.toString(Integer.parseInt(object.version()) + 1), registers);
    }

    void pass(long millis) {
        long end = now + millis * MILLI;
        while (voter.nextDeadlineNanos() <= end) {
            now = Math.max(now, voter.nextDeadlineNanos());
            step(new WitnessEvent.Tick());
        }
        now = end;
        step(new WitnessEvent.Tick());
    }

    /** What is answered to these, at once. */
    List<LeaseMessage> ask(LeaseMessage... messages) {
        said.clear();
        for (LeaseMessage message : messages) {
            step(new WitnessEvent.Asked(message));
        }
        return List.copyOf(said);
    }

    private void disk() {
        List<WitnessEffect.Remember> all = List.copyOf(unwritten);
        unwritten.clear();
        all.forEach(each -> {
            durable = each.memory();
            events.add(new WitnessEvent.Remembered(each.token()));
        });
    }

    void diskCatchesUp() {
        disk();
        step(new WitnessEvent.Tick());
    }

    void suspended() {
        step(new WitnessEvent.Suspended());
    }

    private void step(WitnessEvent first) {
        events.add(first);
        for (WitnessEvent event = events.poll(); event != null; event = events.poll()) {
            take(event);
        }
    }

    private void take(WitnessEvent event) {
        for (WitnessEffect effect : voter.step(event, new MonotonicTime(now))) {
            switch (effect) {
                case WitnessEffect.Read _ ->
                    events.add(
                            reachable ? new WitnessEvent.Found(object) : new WitnessEvent.Failed("no route to host"));
                case WitnessEffect.Write write -> events.add(written(write));
                case WitnessEffect.Remember remember -> {
                    unwritten.add(remember);
                    if (diskWrites) {
                        disk();
                    }
                }
                case WitnessEffect.Answer(var message) -> said.add(message);
                case WitnessEffect.Forgetful(boolean forgot) -> forgetful.add(forgot);
                case WitnessEffect.Tell(var told) -> state = told;
            }
        }
    }

    private WitnessEvent written(WitnessEffect.Write write) {
        beforeWrite.run();
        beforeWrite = () -> {};
        if (!reachable) {
            return new WitnessEvent.Failed("no route to host");
        }
        if (!write.uid().equals(object.uid()) || !write.version().equals(object.version())) {
            return new WitnessEvent.Conflict();
        }
        writes++;
        put(write.uid(), write.registers());
        return new WitnessEvent.Written(object.version());
    }
}
