// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import io.metalha.node.agent.config.Journal;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.SuspendClock;
import io.metalha.node.witness.PassiveVoter;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import io.metalha.node.witness.WitnessState;
import io.metalha.node.witness.WitnessTiming;
import java.io.IOException;
import java.time.Duration;
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
    /** What this server's keeper is told, and people. Called on the deciding thread; must not wait. */
    public interface Keeper {
        /** @param session of the keeper that had asked */
        void answer(String session, LeaseMessage message);

        void forgetful(String session, boolean forgot);

        void told(WitnessState state);
    }

    /** @param session of the keeper that it comes from; null for what comes from elsewhere */
    private record Input(@Nullable String session, WitnessEvent event) {
        Input(WitnessEvent event) {
            this(null, event);
        }
    }

    /** More questions than this without a turn are lost, as packets are. */
    private static final int EVENTS_MAX = 4096;
    /** A host does not suspend for less. */
    private static final long SUSPENSION_NANOS = 20_000_000L;

    private static final long DISK_AGAIN_MILLIS = 1_000;
    /** For each of three threads; together less than the shortest agentDeadline (2 s), for the agent waits meanwhile. */
    private static final Duration END = Duration.ofMillis(500);

    private final VoterObject object;
    private final PassiveVoter voter;
    private final MemoryFile memory;
    private final MonotonicClock clock;
    private final Keeper keeper;
    private final BlockingQueue<Input> events = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final BlockingQueue<Supplier<WitnessEvent>> calls = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<WitnessEffect.Remember> unwritten = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final SuspendClock suspendClock = new SuspendClock();
    private final AtomicLong writes = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;
    /** Of the keeper that asks now. */
    private String session = "";

    private WitnessClient(
            VoterObject object, PassiveVoter voter, MemoryFile memory, MonotonicClock clock, Keeper keeper) {
        this.object = object;
        this.voter = voter;
        this.memory = memory;
        this.clock = clock;
        this.keeper = keeper;
    }

    /** Throws when the memory cannot be read: then this server has no vote of the object. */
    public static WitnessClient start(
            VoterObject object,
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
    public void asked(String session, LeaseMessage message) {
        var _ = events.offer(new Input(session, new WitnessEvent.Asked(message)));
    }

    /** A keeper is there, perhaps another one than before. */
    public void keeperIs(String session) {
        var _ = events.offer(new Input(session, new WitnessEvent.Tick()));
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
                @Nullable Input input = events.poll(wait, TimeUnit.NANOSECONDS);
                if (suspendClock.suspendedNanos() > SUSPENSION_NANOS) {
                    step(new WitnessEvent.Suspended());
                }
                if (input != null && input.session() != null && !input.session().equals(session)) {
                    // What the one before had asked is not answered to this one.
                    step(new WitnessEvent.KeeperGone());
                    session = input.session();
                }
                step(input == null ? new WitnessEvent.Tick() : input.event());
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
                case WitnessEffect.Answer(var message) -> keeper.answer(session, message);
                case WitnessEffect.Forgetful(boolean forgot) -> keeper.forgetful(session, forgot);
                case WitnessEffect.Tell(var state) -> keeper.told(state);
            }
        }
        writes.set(voter.writes());
    }

    private void call() {
        try {
            while (!closed) {
                Supplier<WitnessEvent> call = calls.take();
                events.put(new Input(answer(call)));
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
                events.put(new Input(new WitnessEvent.Remembered(newest.token())));
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
        object.close();
        // Else its last write of the memory could come after another client has read it.
        for (Thread thread : threads) {
            try {
                thread.join(END);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
