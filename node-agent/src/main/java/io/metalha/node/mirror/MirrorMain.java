// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.linux.RawClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The mirror process. Asked to end while it is Primary, it waits up to {@value #LINGER_SECONDS} s for the agent to demote:
 * ending at once would fail the application's I/O. Arguments: the run directory and the device directory, if not the usual.
 */
public final class MirrorMain {
    static final long LINGER_SECONDS = 60;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private MirrorMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        MirrorPaths paths = new MirrorPaths(
                Path.of(args.length > 0 ? args[0] : "/run/metalha"),
                Path.of(args.length > 1 ? args[1] : "/dev/metalha"),
                Path.of(args.length > 2 ? args[2] : "/var/lib/metalha/mirror/saved"));
        MirrorProcess process = new MirrorProcess(paths, new RawClock());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LINGER_SECONDS);
            if (process.hasPrimary()) {
                System.err.println("asked to end while Primary: waiting to be demoted");
            }
            while (process.hasPrimary() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            process.close();
        }));
        System.err.println("mirror process serves " + paths.control());
        new CountDownLatch(1).await();
    }
}
