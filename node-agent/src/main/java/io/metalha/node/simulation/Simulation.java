// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseConfig;
import io.metalha.node.lease.LeaseCore;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * A cluster of keepers in one thread. The two hosts with the lowest numbers have a copy of the data and run the group; the
 * others are witnesses. Faults come for {@link #FAULTY_NANOS}, then all heal, and the group must work again.
 */
public final class Simulation {
    static final long MILLI = 1_000_000L;
    static final long FAULTY_NANOS = 12_000 * MILLI;
    static final long HEALED_NANOS = 7_000 * MILLI;

    private static final long ANY_LIFE = -1;
    private static final int TRACE_LINES_MAX = 200_000;

    private final SplittableRandom random;
    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final List<VoterId> voters;
    private final BiFunction<LeaseConfig, LongSupplier, LeaseCore> cores;
    private final Set<ToySafeguard> missing;
    private final long seed;
    private final List<String> trace = new ArrayList<>();
    private final boolean tracing;
    final SimulatedNetwork network;
    final Truth truth;
    private long now;
    private long order;

    /** Work of one lane of one host's life; it is dropped when that life has ended, and waits while the lane is paused. */
    private record Due(long at, long order, Lane lane, long life, Runnable work) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /**
     * @param seed    decides everything: the shape of the cluster, clocks, delays, faults
     * @param cores   makes a keeper's core
     * @param missing protections of the toy mirror that are taken away
     * @param tracing whether to remember what happened
     */
    public Simulation(
            long seed,
            BiFunction<LeaseConfig, LongSupplier, LeaseCore> cores,
            Set<ToySafeguard> missing,
            boolean tracing) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.cores = cores;
        this.missing = missing;
        this.tracing = tracing;
        int count = List.of(3, 3, 3, 2, 5).get(random.nextInt(5));
        this.voters = IntStream.rangeClosed(1, count).mapToObj(VoterId::new).toList();
        this.network = new SimulatedNetwork(this, count);
        this.truth = new Truth(this);
        for (VoterId voter : voters) {
            hosts.add(new SimulatedHost(this, voter, voter.number() <= 2));
        }
    }

    /** Runs to the end, or throws {@link SimulationFailure}. */
    public void run() {
        try {
            live();
        } catch (SimulationFailure failure) {
            throw failure;
        } catch (RuntimeException bug) {
            throw new SimulationFailure("0 exception", describe("0 exception: " + bug), bug);
        }
    }

    private void live() {
        hosts.forEach(SimulatedHost::boot);
        Faults faults = new Faults(this);
        faults.begin();
        runUntil(FAULTY_NANOS);
        faults.heal();
        runUntil(FAULTY_NANOS + HEALED_NANOS);
        truth.alive(FAULTY_NANOS + HEALED_NANOS - 1_000 * MILLI);
    }

    private void runUntil(long end) {
        while (!queue.isEmpty() && queue.peek().at() <= end) {
            Due due = queue.remove();
            now = due.at();
            if (due.life() != ANY_LIFE && due.life() != due.lane().life()) {
                continue;
            }
            if (due.lane().pausedUntil() > now) {
                queue.add(new Due(due.lane().pausedUntil(), order++, due.lane(), due.life(), due.work()));
            } else {
                due.work().run();
            }
        }
        now = end;
    }

    /** As {@link #at}, for what comes from outside and finds whichever life is there. */
    void atAnyLife(long when, Lane lane, Runnable work) {
        queue.add(new Due(Math.max(when, now), order++, lane, ANY_LIFE, work));
    }

    void at(long when, Lane lane, Runnable work) {
        queue.add(new Due(Math.max(when, now), order++, lane, lane.life(), work));
    }

    long now() {
        return now;
    }

    List<SimulatedHost> hosts() {
        return hosts;
    }

    SimulatedHost host(int number) {
        return hosts.get(number - 1);
    }

    boolean has(ToySafeguard safeguard) {
        return !missing.contains(safeguard);
    }

    /** 0 up to, not including, {@code bound}. */
    long random(long bound) {
        return random.nextLong(bound);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    LeaseCore core(VoterId self, Timing timing) {
        SplittableRandom own = random.split();
        return cores.apply(new LeaseConfig(self, voters, timing), own::nextLong);
    }

    void trace(String what) {
        if (tracing && trace.size() < TRACE_LINES_MAX) {
            trace.add(now / 1000 + "us " + what);
        }
    }

    boolean isTracing() {
        return tracing;
    }

    String describe(String failure) {
        return "seed " + seed + " at " + now / 1000 + "us: " + failure
                + (tracing ? "\n" + String.join("\n", trace) : "");
    }

    /** What happened so far, one line each; empty without tracing. */
    public List<String> trace() {
        return List.copyOf(trace);
    }

    /** How often a lease was granted. */
    public int grants() {
        return truth.grants();
    }

    /** How many writes were acknowledged. */
    public int writes() {
        return truth.writes();
    }
}
