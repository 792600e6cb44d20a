// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Asks for one small page every 10 ms, and gives each attempt up so soon that an outage is seen to about 20 ms. Until closed. */
public final class Visitor implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(10);
    private static final int CONNECT_MILLIS = 20;
    private static final int READ_MILLIS = 100;

    private final Timeline timeline = new Timeline();
    private final Worker worker;

    public Visitor(InetSocketAddress server, Page page) {
        var reader = new PageReader(server, server.getHostString(), List.of(page), CONNECT_MILLIS, READ_MILLIS);
        worker = new Worker("visitor", PERIOD.toNanos(), reader, timeline::add);
    }

    public Timeline timeline() {
        return timeline;
    }

    @Override
    public void close() {
        worker.close();
    }
}
