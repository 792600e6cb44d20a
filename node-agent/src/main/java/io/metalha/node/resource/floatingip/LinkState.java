// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.RouteSocket;
import io.metalha.node.linux.RouteSocket.LinkEvent;
import io.metalha.node.resource.ResourceDriver.Watch;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which links of this host have a carrier, for whoever wants to know when one loses or gets it. The kernel tells at once; a
 * full look each second finds what a flood of messages made the kernel drop. One platform thread, for the wait in the
 * kernel.
 */
public final class LinkState implements AutoCloseable {
    /** Called on the watching thread: hand over, do not work here. */
    @FunctionalInterface
    public interface Listener {
        void carrier(String link, boolean up);
    }

    private static final int LOOK_MILLIS = 1_000;

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final RouteSocket events;
    private final Thread watching;
    private volatile Map<String, Boolean> carriers = Map.of();
    private volatile boolean closed;

    private LinkState() throws IOException {
        this.events = RouteSocket.forLinkEvents();
        look();
        this.watching = Thread.ofPlatform().name("link-state").daemon().start(this::watch);
    }

    public static LinkState open() throws IOException {
        return new LinkState();
    }

    /** The listener hears every change from now on. */
    public Watch listen(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** False for a link that is not there. */
    public boolean hasCarrier(String link) {
        return carriers.getOrDefault(link, false);
    }

    @Override
    public void close() {
        closed = true;
        try {
            watching.join(2L * LOOK_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try (events) {
            while (!closed) {
                try {
                    events.awaitLinkEvents(LOOK_MILLIS, this::apply);
                } catch (IOException _) {
                    // ENOBUFS: messages were lost; the look below makes up for them.
                }
                try {
                    look();
                } catch (IOException _) {
                    // The states stay as they were; the next turn looks again.
                }
            }
        }
    }

    private void apply(LinkEvent event) {
        switch (event) {
            case LinkEvent.Present(var link) -> set(link.name(), link.carrier());
            case LinkEvent.Gone gone -> set(gone.name(), false);
        }
    }

    private void look() throws IOException {
        try (var routes = RouteSocket.open()) {
            List<NetworkLink> links = routes.links();
            links.forEach(link -> set(link.name(), link.carrier()));
            Set<String> gone = new HashSet<>(carriers.keySet());
            links.forEach(link -> gone.remove(link.name()));
            gone.forEach(name -> set(name, false));
        }
    }

    private void set(String link, boolean up) {
        Map<String, Boolean> next = new TreeMap<>(carriers);
        Boolean before = next.put(link, up);
        carriers = Map.copyOf(next);
        if (before == null || before != up) {
            listeners.forEach(listener -> listener.carrier(link, up));
        }
    }
}
