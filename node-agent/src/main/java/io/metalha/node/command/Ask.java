// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.command;

import io.metalha.node.local.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One question over a local socket, answered by lines up to {@code end}. */
final class Ask {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final int LINES_MAX = 100_000;

    private Ask() {}

    /** @throws IOException when nobody listens, or the answer is not whole within ten seconds */
    static List<Message> agent(Path socket, Message question) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Thread closer = Thread.ofVirtual().start(() -> closeLate(channel));
            try {
                channel.write(ByteBuffer.wrap((question.line() + "\n").getBytes(StandardCharsets.UTF_8)));
                return read(new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)));
            } finally {
                closer.interrupt();
            }
        }
    }

    private static List<Message> read(BufferedReader reader) throws IOException {
        List<Message> lines = new ArrayList<>();
        for (String line = reader.readLine(); line != null && lines.size() < LINES_MAX; line = reader.readLine()) {
            Message message = Message.parse(line);
            if (message.verb().equals("end")) {
                return lines;
            }
            lines.add(message);
        }
        throw new IOException("the answer broke off");
    }

    private static void closeLate(SocketChannel channel) {
        try {
            Thread.sleep(BOUND);
            channel.close();
        } catch (InterruptedException | IOException e) {
            // It was answered in time, or is closed.
        }
    }
}
