// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageReaderTest {
    private static final String HELLO = Page.sha256Of("hello".getBytes(StandardCharsets.UTF_8));

    @Test
    void takesTheRightBodyForGood() throws IOException {
        assertInstanceOf(Answer.Good.class, ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    }

    @Test
    void takesAnotherBodyForBad() throws IOException {
        assertInstanceOf(Answer.Bad.class, ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\njello"));
    }

    @Test
    void takesAMissingPageForBad() throws IOException {
        assertInstanceOf(Answer.Bad.class, ask("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void takesACutAnswerAndAServerErrorForNone() throws IOException {
        assertInstanceOf(Answer.None.class, ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"));
        assertInstanceOf(Answer.None.class, ask("HTTP/1.1 200 OK\r\nConte"));
        assertInstanceOf(Answer.None.class, ask("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
    }

    @Test
    void refusesWhatIsNotHttp() {
        assertThrows(
                IOException.class, () -> HttpAnswer.parse("SSH-2.0-x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void findsTheStatusAndTheBody() throws IOException {
        HttpAnswer answer = HttpAnswer.parse("HTTP/1.0 200 OK\r\n\r\nabc".getBytes(StandardCharsets.US_ASCII));
        assertEquals(200, answer.status());
        assertEquals("abc", new String(answer.body(), StandardCharsets.US_ASCII));
    }

    private static Answer.Outcome ask(String reply) throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var socket = server.accept()) {
                    var input = socket.getInputStream();
                    // The whole request first: a close with unread bytes would reset the connection.
                    int seen = 0;
                    while (seen < 4) {
                        int c = input.read();
                        seen = c == "\r\n\r\n".charAt(seen) ? seen + 1 : c == '\r' ? 1 : 0;
                    }
                    socket.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
            var pages = List.of(new Page("/a", new Page.Digest(HELLO)));
            return new PageReader(address, "portal", pages, 100, 250).once().outcome();
        }
    }
}
