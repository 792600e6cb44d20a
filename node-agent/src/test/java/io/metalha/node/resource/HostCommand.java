// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** For tests on a real host: runs tools, awaits conditions, both with a bound. */
public final class HostCommand {
    private HostCommand() {}

    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    public static boolean exists(String tool) {
        return tryRun("sh", "-c", "command -v " + tool);
    }

    /** Output of a command that must succeed within half a minute. */
    public static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static boolean tryRun(String... command) {
        try {
            run(command);
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /** Nanoseconds until the condition held; fails past the bound. */
    public static long await(Duration bound, String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > bound.toNanos()) {
                throw new AssertionError("not within " + bound + ": " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
        }
        return System.nanoTime() - start;
    }
}
