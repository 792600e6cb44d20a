// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into messages. A line equal to the one before it gives the same object, without allocation: the
 * keeper hears one {@code checkin} a second for years.
 */
final class LineReader {
    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Message.LINE_MAX_BYTES);
    private byte[] line = new byte[256];
    private int length;
    private byte[] lastLine = new byte[0];
    private @Nullable Message last;

    LineReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** Reads to the end of the stream; an unfinished last line is dropped. */
    void read(Consumer<Message> sink) throws IOException {
        while (channel.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    sink.accept(message());
                    length = 0;
                } else {
                    append(next);
                }
            }
        }
    }

    private void append(byte next) throws IOException {
        if (length == line.length) {
            if (length >= Message.LINE_MAX_BYTES) {
                throw new IOException("a line is longer than " + Message.LINE_MAX_BYTES + " bytes");
            }
            line = Arrays.copyOf(line, Math.min(length * 2, Message.LINE_MAX_BYTES));
        }
        line[length++] = next;
    }

    private Message message() {
        if (last == null || !Arrays.equals(line, 0, length, lastLine, 0, lastLine.length)) {
            lastLine = Arrays.copyOf(line, length);
            last = Message.parse(new String(lastLine, StandardCharsets.UTF_8));
        }
        return last;
    }
}
