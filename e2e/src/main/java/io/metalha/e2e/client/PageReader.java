// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import io.metalha.e2e.client.Answer.Bad;
import io.metalha.e2e.client.Answer.Good;
import io.metalha.e2e.client.Answer.None;
import io.metalha.e2e.client.Answer.Outcome;
import io.metalha.e2e.client.Answer.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Fetches the pages in turn, each over a connection of its own: a kept connection would go on for a while after the
 * address has moved, and would hide how soon a new visitor is served.
 */
final class PageReader implements Worker.Attempt {
    private final InetSocketAddress server;
    private final String host;
    private final List<Page> pages;
    private final int connectMillis;
    private final int readMillis;
    private int next;
    private long answered;

    PageReader(InetSocketAddress server, String host, List<Page> pages, int connectMillis, int readMillis) {
        this.server = server;
        this.host = host;
        this.pages = List.copyOf(pages);
        this.connectMillis = connectMillis;
        this.readMillis = readMillis;
    }

    @Override
    public Answer once() {
        Page page = pages.get(next);
        next = (next + 1) % pages.size();
        long start = RawClock.nanos();
        Outcome outcome;
        try {
            outcome = judge(page, HttpAnswer.parse(fetch(page.path())));
        } catch (IOException e) {
            outcome = new None(page.path() + ": " + e.getMessage());
        }
        return new Answer(Service.HTTP, start, RawClock.nanos(), outcome);
    }

    private Outcome judge(Page page, HttpAnswer answer) {
        if (answer.status() >= 500) {
            return new None("%s: status %d".formatted(page.path(), answer.status()));
        }
        if (answer.status() != 200) {
            return new Bad("%s: status %d".formatted(page.path(), answer.status()));
        }
        if (!page.expected().matches(answer.body())) {
            return new Bad("%s: body of %d bytes, sha256 %s, is not what was published"
                    .formatted(page.path(), answer.body().length, Page.sha256Of(answer.body())));
        }
        return new Good(++answered, page.path());
    }

    private byte[] fetch(String path) throws IOException {
        try (var socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(readMillis);
            socket.connect(server, connectMillis);
            socket.getOutputStream()
                    .write("GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, host)
                            .getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().readAllBytes();
        }
    }

    @Override
    public void close() {}
}
