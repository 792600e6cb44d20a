// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import io.metalha.node.agent.config.Journal;
import io.metalha.node.kube.LeaseObject;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.SuspendClock;
import io.metalha.node.witness.PassiveVoter;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import io.metalha.node.witness.WitnessState;
import io.metalha.node.witness.WitnessTiming;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs one passive voter's client: a thread that decides, one that asks the API server, one that writes the memory. */
public final class WitnessClient implements AutoCloseable {
    /** What this server's keeper is told. Called on the deciding thread; must not wait. */
    public interface Keeper {
        void answer(LeaseMessage message);

        void forgetful(boolean forgot);

        void told(WitnessState state);
    }

    /** More questions than this without a turn are lost, as packets are. */
    private static final int EVENTS_MAX = 4096;
    /** A host does not suspend for less. */
    private static final long SUSPENSION_NANOS = 20_000_000L;

    private static final long DISK_AGAIN_MILLIS = 1_000;

    private final LeaseObject object;
    private final PassiveVoter voter;
    private final MemoryFile memory;
    private final MonotonicClock clock;
    private final Keeper keeper;
    private final BlockingQueue<WitnessEvent> events = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final BlockingQueue<Supplier<WitnessEvent>> calls = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<WitnessEffect.Remember> unwritten = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final SuspendClock suspendClock = new SuspendClock();
    private final AtomicLong writes = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private WitnessClient(
            LeaseObject object, PassiveVoter voter, MemoryFile memory, MonotonicClock clock, Keeper keeper) {
        this.object = object;
        this.voter = voter;
        this.memory = memory;
        this.clock = clock;
        this.keeper = keeper;
    }

    /** Throws when the memory cannot be read: then this server has no vote of the object. */
    public static WitnessClient start(
            LeaseObject object,
            String clusterUid,
            WitnessTiming timing,
            MemoryFile memory,
            MonotonicClock clock,
            Keeper keeper)
            throws IOException {
        PassiveVoter voter = new PassiveVoter(clusterUid, timing, memory.read());
        WitnessClient client = new WitnessClient(object, voter, memory, clock, keeper);
        client.threads.add(Thread.ofVirtual().name("witness").start(client::decide));
        client.threads.add(Thread.ofVirtual().name("witness-object").start(client::call));
        client.threads.add(Thread.ofVirtual().name("witness-memory").start(client::remember));
        return client;
    }

    /** The keeper asks the voter. */
    public void asked(LeaseMessage message) {
        var _ = events.offer(new WitnessEvent.Asked(message));
    }

    public void keeperGone() {
        var _ = events.offer(new WitnessEvent.KeeperGone());
    }

    /** How often this server wrote the object. */
    public long writes() {
        return writes.get();
    }

    private void decide() {
        try {
            while (!closed) {
                // The first deadline lies so far back that a difference would overflow.
                long due = voter.nextDeadlineNanos();
                long now = clock.nanos();
                long wait = due <= now ? 0 : due - now;
                @Nullable WitnessEvent event = events.poll(wait, TimeUnit.NANOSECONDS);
                if (suspendClock.suspendedNanos() > SUSPENSION_NANOS) {
                    step(new WitnessEvent.Suspended());
                }
                step(event == null ? new WitnessEvent.Tick() : event);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void step(WitnessEvent event) throws InterruptedException {
        for (WitnessEffect effect : voter.step(event, clock.now())) {
            switch (effect) {
                case WitnessEffect.Read _ -> calls.put(object::read);
                case WitnessEffect.Write write -> calls.put(() -> object.write(write));
                case WitnessEffect.Remember remember -> unwritten.put(remember);
                case WitnessEffect.Answer(var message) -> keeper.answer(message);
                case WitnessEffect.Forgetful(boolean forgot) -> keeper.forgetful(forgot);
                case WitnessEffect.Tell(var state) -> keeper.told(state);
            }
        }
        writes.set(voter.writes());
    }

    private void call() {
        try {
            while (!closed) {
                Supplier<WitnessEvent> call = calls.take();
                events.put(answer(call));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each call is answered: a client that waits for an answer for ever would be a vote that is gone. */
    private static WitnessEvent answer(Supplier<WitnessEvent> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return new WitnessEvent.Failed(String.valueOf(e));
        }
    }

    private void remember() {
        try {
            while (!closed) {
                WitnessEffect.Remember newest = unwritten.take();
                for (WitnessEffect.Remember next = unwritten.poll(); next != null; next = unwritten.poll()) {
                    newest = next;
                }
                write(newest);
                events.put(new WitnessEvent.Remembered(newest.token()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until it succeeds nothing is answered that depends on it. */
    private void write(WitnessEffect.Remember remember) throws InterruptedException {
        while (true) {
            try {
                memory.write(remember.memory());
                return;
            } catch (IOException e) {
                Journal.say("what was seen of the Lease that votes cannot be kept: " + e.getMessage());
                TimeUnit.MILLISECONDS.sleep(DISK_AGAIN_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
