// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a tool of the host, bounded. A run costs some 5 ms, so nothing that a takeover always does goes through here. */
public final class HostTool {
    private HostTool() {}

    /** @param output standard output and error together, stripped */
    public record Result(int exitCode, String output) {
        /** The last line, which is where tools say what went wrong. */
        public String lastLine() {
            return output.substring(output.lastIndexOf('\n') + 1);
        }
    }

    /** Throws IOException with a sentence when the tool is missing or does not end in time (it is then terminated). */
    public static Result run(List<String> command, Duration timeout) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException(command.getFirst() + " cannot be run on this server; install it", e);
        }
        try {
            process.getOutputStream().close();
            var output = new CompletableFuture<String>();
            Thread.ofVirtual().start(() -> output.complete(drain(process)));
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(command.getFirst() + " did not end within " + timeout.toMillis() + " ms");
            }
            return new Result(process.exitValue(), output.get(1, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the output of " + command.getFirst() + " could not be read", e);
        } finally {
            process.destroy();
        }
    }

    private static String drain(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException _) {
            return "";
        }
    }
}
