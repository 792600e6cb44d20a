// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the deciding thread; at most {@value #MAX} facts. When it is full, whoever brings one waits: facts are
 * never dropped, and every bringer is a thread of its own.
 */
public final class Inbox {
    static final int MAX = 4096;

    private final ArrayBlockingQueue<Fact> facts = new ArrayBlockingQueue<>(MAX);

    public void put(Fact fact) {
        boolean interrupted = false;
        while (true) {
            try {
                facts.put(fact);
                break;
            } catch (InterruptedException _) {
                // The outcome of an interrupted call is awaited, too.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a fact at most so long, then takes what is there, at most {@code max}. */
    void drain(Duration wait, int max, Consumer<Fact> to) throws InterruptedException {
        @Nullable Fact fact = facts.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
        for (int taken = 0; fact != null; fact = ++taken < max ? facts.poll() : null) {
            to.accept(fact);
        }
    }
}
