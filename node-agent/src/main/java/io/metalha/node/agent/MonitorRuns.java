// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.Monitor;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.group.Event;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.resource.ResourceDriver;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The monitors of one run of a group: each checks, tells, waits its interval, until stopped. A check that does not come
 * back counts as failed each interval, and no second one of the same monitor is begun beside it.
 */
final class MonitorRuns {
    static final MonitorRuns NONE = new MonitorRuns(0, () -> 0, _ -> {});

    /** A resource that tells nothing is looked at this often all the same. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);

    /** Beyond its own timeout a check gets this much, so that its own, better sentence is heard. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final long run;
    private final MonotonicClock clock;
    private final Consumer<Event> answer;
    private final List<Thread> threads = new ArrayList<>();

    MonitorRuns(long run, MonotonicClock clock, Consumer<Event> answer) {
        this.run = run;
        this.clock = clock;
        this.answer = answer;
    }

    void repeat(Monitor monitor, io.metalha.node.monitor.Monitor check) {
        begin("monitor-" + monitor.name(), () -> repeatedly(monitor, check));
    }

    /** Looks at a resource whenever its driver says that something changed. Unknown is no failure here: it may be changing. */
    void watch(String name, ResourceDriver driver) {
        begin("watch-" + name, () -> {
            Semaphore changed = new Semaphore(0);
            try (ResourceDriver.Watch _ = driver.watch(changed::release)) {
                while (true) {
                    Probe found = driver.probe(LOOK_TIMEOUT);
                    if (!(found instanceof Probe.Unknown)) {
                        tell(name, found);
                    }
                    var _ = changed.tryAcquire(LOOK.toNanos(), TimeUnit.NANOSECONDS);
                    changed.drainPermits();
                }
            }
        });
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void begin(String name, Work work) {
        threads.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                work.run();
            } catch (InterruptedException _) {
                // Stopped: the group is not running any more, or runs with other monitors.
            } catch (RuntimeException | LinkageError e) {
                Journal.say("bug in " + name + ": " + e);
            }
        }));
    }

    void stop() {
        threads.forEach(Thread::interrupt);
    }

    private void repeatedly(Monitor monitor, io.metalha.node.monitor.Monitor check) throws InterruptedException {
        while (true) {
            FutureTask<Probe> task = new FutureTask<>(() -> check.check(monitor.timeout()));
            Thread worker = Thread.ofVirtual().name("check-" + monitor.name()).start(task);
            try {
                await(monitor, task);
            } catch (InterruptedException e) {
                worker.interrupt();
                throw e;
            }
            TimeUnit.NANOSECONDS.sleep(monitor.interval().toNanos());
        }
    }

    private void await(Monitor monitor, FutureTask<Probe> task) throws InterruptedException {
        Duration wait = monitor.timeout().plus(GRACE);
        while (true) {
            try {
                tell(monitor.name(), task.get(wait.toNanos(), TimeUnit.NANOSECONDS));
                return;
            } catch (TimeoutException _) {
                tell(
                        monitor.name(),
                        new Probe.Failed("no answer within " + monitor.timeout().toMillis() + " ms"));
                wait = monitor.interval();
            } catch (ExecutionException e) {
                tell(monitor.name(), new Probe.Failed("the check itself failed: " + e.getCause()));
                return;
            }
        }
    }

    private void tell(String monitor, Probe found) throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
        boolean ok = found instanceof Probe.Running;
        String reason =
                switch (found) {
                    case Probe.Running _ -> "";
                    case Probe.Stopped _ -> "it is stopped";
                    case Probe.Failed(var why) -> why;
                    case Probe.Unknown(var why) -> why;
                };
        answer.accept(new Event.MonitorResult(monitor, run, ok, reason, clock.now()));
    }
}
