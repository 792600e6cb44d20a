// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** One thread that makes an attempt every period, one at a time; an attempt that takes longer delays the next ones. */
final class Worker implements AutoCloseable {
    private static final long STOP_MILLIS = 5000;

    private final Thread thread;
    private volatile boolean running = true;

    /** One attempt; it must end within about a quarter of a second and must not throw. */
    interface Attempt extends AutoCloseable {
        Answer once();

        @Override
        void close();
    }

    Worker(String name, long periodNanos, Attempt attempt, Consumer<Answer> sink) {
        thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try (attempt) {
                run(periodNanos, attempt, sink);
            }
        });
        thread.start();
    }

    private void run(long periodNanos, Attempt attempt, Consumer<Answer> sink) {
        long next = System.nanoTime();
        while (running) {
            sink.accept(attempt.once());
            next += periodNanos;
            long now = System.nanoTime();
            if (next - now <= 0) {
                // Late: the missed attempts are not made up for, a burst would measure the client.
                next = now;
            }
            while (running && next - now > 0) {
                LockSupport.parkNanos(next - now);
                now = System.nanoTime();
            }
        }
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
