// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.http;

import io.metalha.node.monitor.BoundedCheck;
import io.metalha.node.monitor.Monitor;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One GET on a connection of its own, as a client makes it: the status that is expected, and in the first megabyte of the
 * body the text that is. A redirect is an answer.
 */
public final class HttpMonitor implements Monitor {
    private static final int BODY_BYTES_MAX = 1 << 20;

    private final URI url;
    private final int expectStatus;
    private final Optional<String> expectBody;

    public HttpMonitor(URI url, int expectStatus, Optional<String> expectBody) {
        this.url = url;
        this.expectStatus = expectStatus;
        this.expectBody = expectBody;
    }

    /** The server need not be there: what a request needs is loaded before one is refused. */
    @Override
    public void warmUp() {
        check(Duration.ofMillis(200));
    }

    @Override
    public Probe check(Duration timeout) {
        return BoundedCheck.run("the request for " + url, timeout, () -> ask(timeout));
    }

    private Probe ask(Duration timeout) {
        try {
            var connection = (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
            try {
                int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
                connection.setConnectTimeout(millis);
                connection.setReadTimeout(millis);
                connection.setInstanceFollowRedirects(false);
                connection.setUseCaches(false);
                // A connection that is kept would hold one of the server's workers between checks.
                connection.setRequestProperty("Connection", "close");
                return judge(connection);
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return new Probe.Failed(url + " cannot be fetched: " + e.getMessage());
        }
    }

    private Probe judge(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status != expectStatus) {
            return new Probe.Failed(url + " was answered with status " + status + ", not " + expectStatus);
        }
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String text = body == null ? "" : new String(body.readNBytes(BODY_BYTES_MAX), StandardCharsets.UTF_8);
            return expectBody.filter(expected -> !text.contains(expected)).isPresent()
                    ? new Probe.Failed("the answer of " + url + " does not contain '" + expectBody.get() + "'")
                    : new Probe.Running();
        }
    }
}
