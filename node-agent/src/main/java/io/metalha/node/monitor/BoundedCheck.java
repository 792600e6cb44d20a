// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor;

import io.metalha.node.resource.ResourceDriver.Probe;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a check at its timeout whatever the client library waits for: a stalled server accepts connections and answers
 * nothing. The work runs on a virtual thread, whose interruption closes the socket that it waits on.
 */
public final class BoundedCheck {
    private BoundedCheck() {}

    /** @param what named in the sentence about lateness, as "the transaction on 127.0.0.1:3306" */
    public static Probe run(String what, Duration timeout, Callable<Probe> work) {
        var task = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name("check").start(task);
        try {
            return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return new Probe.Failed(what + " was not answered within " + timeout.toMillis() + " ms");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Probe.Unknown(what + " was interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            thread.interrupt();
        }
    }
}
