// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes every answer as a line of JSON, so that a run can be looked into afterwards. */
public final class EventLog implements Consumer<Answer>, AutoCloseable {
    private final BufferedWriter writer;

    public EventLog(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        writer = Files.newBufferedWriter(file);
    }

    @Override
    public synchronized void accept(Answer answer) {
        try {
            writer.write(line(answer));
            writer.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException("the event log cannot be written", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        writer.close();
    }

    static String line(Answer answer) {
        String outcome =
                switch (answer.outcome()) {
                    case Answer.Good(var id, var by) -> "\"good\":%d,\"by\":\"%s\"".formatted(id, escape(by));
                    case Answer.None(var reason) -> "\"none\":\"%s\"".formatted(escape(reason));
                    case Answer.Bad(var what) -> "\"bad\":\"%s\"".formatted(escape(what));
                };
        return "{\"service\":\"%s\",\"startNanos\":%d,\"endNanos\":%d,%s}"
                .formatted(answer.service(), answer.startNanos(), answer.endNanos(), outcome);
    }

    private static String escape(String text) {
        var escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\').appendCodePoint(c);
            } else if (c < ' ') {
                escaped.append(' ');
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
