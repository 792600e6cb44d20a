// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs programs of the host for tests, bounded. */
final class Shell {
    private Shell() {}

    static String run(String... command) {
        Result result = attempt(command);
        if (result.status != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + result.status + ": " + result.output);
        }
        return result.output;
    }

    record Result(int status, String output) {}

    static Result attempt(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    if (!process.waitFor(120, TimeUnit.SECONDS)) {
                        process.destroyForcibly();
                    }
                } catch (InterruptedException e) {
                    process.destroyForcibly();
                }
            });
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            killer.interrupt();
            return new Result(status, output.strip());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
