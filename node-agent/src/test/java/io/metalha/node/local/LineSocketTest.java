// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LineSocketTest {
    @TempDir
    Path dir;

    private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<LineConnection> connections = new LinkedBlockingQueue<>();

    /** Answers requests, remembers the rest. */
    private final class Echo implements LineHandler {
        @Override
        public void connected(LineConnection connection) {
            connections.add(connection);
        }

        @Override
        public void received(LineConnection connection, Message message) {
            message.find("request")
                    .ifPresentOrElse(
                            number -> connection.send(Message.of("answered", "request", number)),
                            () -> seen.add(message.line()));
        }

        @Override
        public void disconnected(LineConnection connection, String why) {
            seen.add("disconnected: " + why);
        }
    }

    private final class Remember implements LineHandler {
        @Override
        public void connected(LineConnection connection) {
            connection.send(Message.of("hello", "role", "agent of test"));
        }

        @Override
        public void received(LineConnection connection, Message message) {
            seen.add("client: " + message.line());
        }
    }

    private String next() throws InterruptedException {
        return assertNotNull2(seen.poll(10, TimeUnit.SECONDS));
    }

    private static String assertNotNull2(String line) {
        assertNotNull(line, "nothing came within 10 s");
        return line;
    }

    @Test
    void answersGoToTheOneWhoAsked() throws Exception {
        try (var _ = LineServer.listen(dir.resolve("s"), new Echo());
                var client = LineClient.open(dir.resolve("s"), new Remember())) {
            assertEquals("hello role=agent+of+test", next());
            Message answer =
                    client.request(Message.of("ask"), Duration.ofSeconds(5)).get();
            assertEquals("answered", answer.verb());
        }
    }

    @Test
    void theSocketIsForItsOwnerOnlyAndReplacesAStaleFile() throws Exception {
        Files.writeString(dir.resolve("s"), "left behind");
        try (var _ = LineServer.listen(dir.resolve("s"), new Echo())) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("s"))));
        }
    }

    @Test
    void theClientComesBackAfterTheServerWasRestarted() throws Exception {
        try (var client = LineClient.open(dir.resolve("s"), new Remember())) {
            for (int start = 0; start < 2; start++) {
                try (var _ = LineServer.listen(dir.resolve("s"), new Echo())) {
                    assertEquals("hello role=agent+of+test", next());
                }
                assertTrue(next().startsWith("disconnected: "));
            }
            var failure = assertThrows(
                    ExecutionException.class, () -> client.request(Message.of("ask"), Duration.ofSeconds(5))
                            .get());
            assertInstanceOf(IOException.class, failure.getCause());
        }
    }

    @Test
    void whoDoesNotReadIsDisconnected() throws Exception {
        try (var server = LineServer.listen(dir.resolve("s"), new Echo());
                var deaf = SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("s")))) {
            assertNotNull(connections.poll(10, TimeUnit.SECONDS));
            Message kilobyte = Message.of("noise", "data", "x".repeat(1000));
            for (int i = 0; i < LineConnection.QUEUE_LINES / 2; i++) {
                server.broadcast(kilobyte);
            }
            assertEquals("disconnected: the other side took nothing for 2 s", next());
            assertTrue(deaf.isOpen());
        }
    }

    @Test
    void aLineWithoutEndOrSenseEndsTheConnection() throws Exception {
        try (var _ = LineServer.listen(dir.resolve("s"), new Echo())) {
            try (var bad = SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("s")))) {
                bad.write(ByteBuffer.wrap("want group\n".getBytes(StandardCharsets.UTF_8)));
                assertTrue(next().contains("'group' is not key=value"));
            }
            try (var bad = SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("s")))) {
                ByteBuffer endless = ByteBuffer.allocate(Message.LINE_MAX_BYTES + 2);
                while (endless.hasRemaining() && bad.write(endless) >= 0) {
                    // Until all is written.
                }
                assertTrue(next().contains("longer than"));
            }
        }
    }
}
