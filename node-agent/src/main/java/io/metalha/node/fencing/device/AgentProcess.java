// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of a fence agent: parameters on standard input, a line each (FenceAgentAPI), so that none is on a command line for
 * everybody to read; a clean environment; bounded time and output.
 */
final class AgentProcess {
    /** Metadata is the longest: some 30 KiB. */
    static final int OUTPUT_MAX = 256 * 1024;

    private static final int LINE_MAX = 300;
    private static final Duration DRAIN = Duration.ofSeconds(2);

    /** @param output standard output and error together */
    record Result(int exitCode, String output) {
        /** Which is where agents say what went wrong. */
        String lastLine() {
            String text = output.strip();
            String line = text.substring(text.lastIndexOf('\n') + 1);
            return line.isEmpty() ? "it said nothing" : line.substring(0, Math.min(line.length(), LINE_MAX));
        }
    }

    private AgentProcess() {}

    static Result run(
            List<String> command, Map<String, String> parameters, Map<String, String> environment, Duration timeout)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LC_ALL", "C");
        // Some agents are Python, and Debian's warn of their own age on each run.
        builder.environment().put("PYTHONWARNINGS", "ignore");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            var output = new CompletableFuture<String>();
            Thread.ofVirtual().name("fence-output").start(() -> output.complete(read(process.getInputStream())));
            write(process, parameters);
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(command.getFirst() + " did not end within " + timeout.toSeconds() + " s");
            }
            return new Result(process.exitValue(), output.get(DRAIN.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the output of " + command.getFirst() + " could not be read", e);
        } finally {
            // Its helpers first: they would outlive it and go on with what nobody waits for.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void write(Process process, Map<String, String> parameters) {
        StringBuilder lines = new StringBuilder();
        parameters.forEach(
                (name, value) -> lines.append(name).append('=').append(value).append('\n'));
        try (OutputStream in = process.getOutputStream()) {
            in.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // It ended without reading; its exit code says more.
        }
    }

    /** To the end, but keeps no more than the bound: an agent that chatters must not wait for us. */
    private static String read(InputStream from) {
        try {
            String kept = new String(from.readNBytes(OUTPUT_MAX), StandardCharsets.UTF_8);
            from.transferTo(OutputStream.nullOutputStream());
            return kept;
        } catch (IOException _) {
            return "";
        }
    }
}
