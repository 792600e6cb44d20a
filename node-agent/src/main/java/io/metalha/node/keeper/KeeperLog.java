// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.RealTime;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Log lines for the journal, written by a thread of their own: a journal that blocks must not hold up a heartbeat. Each
 * begins with wall time and CLOCK_MONOTONIC_RAW in nanoseconds, both taken when the line was made; containers of one host
 * share that clock, which is how tests prove an order from two servers' logs.
 */
final class KeeperLog {
    private static final int LINES_MAX = 4096;
    private static final int PRIORITY = 10;

    private final MonotonicClock clock;
    private final InstantSource wall = InstantSource.system();
    private final ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final PrintStream out;

    KeeperLog(MonotonicClock clock, PrintStream out) {
        this.clock = clock;
        this.out = out;
        Thread writer = new Thread(this::write, "log");
        writer.setDaemon(true);
        writer.start();
    }

    /** Any thread; never blocks. */
    void line(String text) {
        if (!lines.offer(wall.instant() + " raw=" + clock.nanos() + " " + text)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        // Not for its lines' sake: the virtual machine waits for every thread of Java code before it collects.
        RealTime.schedule(PRIORITY);
        try {
            while (true) {
                out.println(lines.take());
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    out.println("(" + lost + " lines dropped: the journal was too slow)");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
