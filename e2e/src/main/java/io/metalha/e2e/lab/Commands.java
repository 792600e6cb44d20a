// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs with a bound and says what they said. */
public final class Commands {
    private Commands() {}

    /** How a program ended; standard output and error together. */
    public record Result(List<String> command, int status, String output) {
        public boolean ok() {
            return status == 0;
        }

        public Result orFail() {
            if (!ok()) {
                throw new CommandFailedException(this);
            }
            return this;
        }
    }

    /** A program that had to succeed did not. */
    public static final class CommandFailedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CommandFailedException(Result result) {
            super("%s: status %d: %s"
                    .formatted(
                            String.join(" ", result.command()),
                            result.status(),
                            result.output().strip()));
        }
    }

    /** Output goes through a file, so that a child left behind by the program cannot keep the caller waiting. */
    public static Result run(Duration bound, String... command) {
        var words = List.of(command);
        try {
            Path output = Files.createTempFile("metalha-e2e", ".out");
            try {
                Process process = new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .start();
                int status = 124;
                if (process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                    status = process.exitValue();
                } else {
                    process.destroyForcibly();
                }
                return new Result(words, status, new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", words) + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + String.join(" ", words), e);
        }
    }
}
