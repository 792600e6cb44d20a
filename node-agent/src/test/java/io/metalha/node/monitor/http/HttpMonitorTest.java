// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpMonitorTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            int status = exchange.getRequestURI().getPath().equals("/alive") ? 200 : 404;
            byte[] body = "all is well".getBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    @Test
    void statusAndBodyAreJudged() {
        assertEquals(new Probe.Running(), check("/alive", 200, Optional.empty()));
        assertEquals(new Probe.Running(), check("/alive", 200, Optional.of("is well")));
        assertEquals(new Probe.Running(), check("/nowhere", 404, Optional.of("is well")));
        assertTrue(reason(check("/nowhere", 200, Optional.empty())).contains("status 404, not 200"));
        assertTrue(reason(check("/alive", 200, Optional.of("burning"))).contains("does not contain 'burning'"));
    }

    @Test
    void silenceIsNoticedByTheTimeoutAndNobodyAtOnce() throws IOException {
        // Connections are taken by the kernel and answered by nobody, as by a stopped process.
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var monitor = new HttpMonitor(
                    URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/"), 200, Optional.empty());
            assertTrue(reason(monitor.check(Duration.ofMillis(200))).contains("200 ms"));
            silent.close();
            assertTrue(reason(monitor.check(BOUND)).contains("cannot be fetched"));
        }
    }

    private Probe check(String path, int status, Optional<String> body) {
        return new HttpMonitor(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path), status, body)
                .check(BOUND);
    }

    private static String reason(Probe probe) {
        return assertInstanceOf(Probe.Failed.class, probe).reason();
    }
}
