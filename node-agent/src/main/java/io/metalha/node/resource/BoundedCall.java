// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes a kernel call that may block for ever on a platform thread of its own: on a virtual thread it would hold one of
 * the few carriers, and a call on a frozen device cannot be interrupted. What does not end in time is left behind.
 */
public final class BoundedCall {
    private BoundedCall() {}

    @FunctionalInterface
    public interface Call {
        void run() throws IOException;
    }

    /** Throws TimeoutException when the call has not returned in time; it may still take effect later. */
    public static void run(String name, Duration timeout, Call call)
            throws IOException, TimeoutException, InterruptedException {
        var task = new FutureTask<Boolean>(() -> {
            call.run();
            return true;
        });
        Thread.ofPlatform().name(name).daemon().start(task);
        try {
            task.get(Math.max(1, timeout.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }
}
