// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulate;

import io.metalha.node.lease.LeaseCore;
import io.metalha.node.simulation.FaultKind;
import io.metalha.node.simulation.Plan;
import io.metalha.node.simulation.Simulation;
import io.metalha.node.simulation.SimulationFailure;
import io.metalha.node.simulation.ToySafeguard;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** {@code examples/lab/simulate}: one thread a seed, as many seeds at once as there are cores. */
public final class SimulateMain {
    /** A broken core breaks everywhere: enough is told by so many. */
    private static final int SHRUNK_MAX = 3;

    private final Options options;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final AtomicLong next;
    private final AtomicLong shrunk = new AtomicLong();

    private SimulateMain(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.next = new AtomicLong(options.first());
    }

    public static void main(String[] arguments) throws InterruptedException {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("simulate: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(new SimulateMain(options, System.out).run() ? 0 : 1);
    }

    /** Runs fresh seeds for so long; true when nothing was broken. For a test: the output says how to run the same again. */
    public static boolean fresh(Duration atMost, PrintStream out) throws InterruptedException {
        String minutes = String.format(Locale.ROOT, "%.3f", atMost.toMillis() / 60_000.0);
        return new SimulateMain(Options.parse("--minutes", minutes), out).run();
    }

    private boolean run() throws InterruptedException {
        long began = System.nanoTime();
        long end = began + options.atMost().toNanos();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < options.threads(); i++) {
            workers.add(Thread.ofPlatform().name("seeds-" + i).start(() -> work(end)));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        double wallSeconds = (System.nanoTime() - began) / 1e9;
        long last = Math.min(options.last(), next.get() - 1);
        out.println("seeds " + options.first() + ".." + last + " (the same again: examples/lab/simulate --seeds "
                + options.first() + ".." + last + common() + ")");
        out.println(tally.sentence());
        out.println(tally.json(wallSeconds));
        return tally.isClean();
    }

    private void work(long end) {
        for (long seed = next.getAndIncrement(); seed <= options.last(); seed = next.getAndIncrement()) {
            runOne(options.plan(seed));
            if (System.nanoTime() >= end) {
                break;
            }
        }
        tally.worked();
    }

    private void runOne(Plan plan) {
        Simulation simulation = made(plan);
        try {
            simulation.run();
        } catch (SimulationFailure failure) {
            tally.broken(failure.isLiveness());
            tell(plan, failure);
        }
        tally.add(simulation);
        if (plan.tracing()) {
            synchronized (out) {
                simulation.trace().forEach(out::println);
                out.println("up is expected within " + simulation.boundNanos() / 1_000_000 + " ms");
            }
        }
    }

    private void tell(Plan plan, SimulationFailure failure) {
        synchronized (out) {
            out.println(failure.sentence());
            if (failure.getCause() != null) {
                failure.getCause().printStackTrace(out);
            }
        }
        if (plan.tracing()) {
            return;
        }
        if (shrunk.getAndIncrement() < SHRUNK_MAX) {
            Plan smaller = new Shrinker(SimulateMain::made).shrink(plan, failure.broken());
            out.println("  less that breaks the same, with its trace: examples/lab/simulate --seed " + plan.seed()
                    + " --trace"
                    + common() + " --only " + names(smaller)
                    + (smaller.faultyNanos() > 0 ? " --until " + smaller.faultyNanos() / 1e9 : ""));
        }
    }

    private String common() {
        return (options.quick() ? " --quick" : "")
                + (options.passive() ? " --passive" : "")
                + (options.changing() ? " --voter-changes" : "")
                + (options.voters() > 0 ? " --voters " + options.voters() : "");
    }

    private static String names(Plan plan) {
        String names = plan.kinds().stream().map(FaultKind::name).collect(Collectors.joining(","));
        return names.isEmpty() ? "none" : names;
    }

    private static Simulation made(Plan plan) {
        return new Simulation(plan, LeaseCore::new, EnumSet.noneOf(ToySafeguard.class));
    }
}
