// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.LineServer;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** keeper.sock: hands lines to the inbox, and says to everybody who said hello what the loop tells. */
final class AgentPort implements LineHandler, AutoCloseable {
    private final MonotonicClock clock;
    private final Inbox inbox;
    private final LineServer server;
    private final Set<LineConnection> listeners = ConcurrentHashMap.newKeySet();
    private volatile @Nullable LineConnection agent;
    private volatile long agentSeenNanos;

    AgentPort(Path socket, MonotonicClock clock, Inbox inbox) throws IOException {
        this.clock = clock;
        this.inbox = inbox;
        this.agentSeenNanos = clock.nanos();
        // Platform threads: a waiting one costs no garbage, a virtual one a little at each wake-up.
        server = LineServer.listen(
                socket, this, Thread.ofPlatform().daemon().name("local-", 0).factory());
    }

    @Override
    public void received(LineConnection connection, Message message) {
        if (connection.equals(agent)) {
            agentSeenNanos = clock.nanos();
            if (message.verb().equals("checkin")) {
                return;
            }
        }
        if (!inbox.offer(new Inbox.Input.Line(connection, message))) {
            connection.close();
        }
    }

    @Override
    public void disconnected(LineConnection connection, String why) {
        listeners.remove(connection);
        if (!inbox.offer(new Inbox.Input.Gone(connection))) {
            agent = connection.equals(agent) ? null : agent;
        }
    }

    /** The loop: this connection said hello. */
    void listen(LineConnection connection, boolean asAgent) {
        listeners.add(connection);
        if (asAgent) {
            agent = connection;
            agentSeenNanos = clock.nanos();
        }
        if (!connection.isOpen()) {
            gone(connection);
        }
    }

    void gone(LineConnection connection) {
        listeners.remove(connection);
        if (connection.equals(agent)) {
            agent = null;
        }
    }

    boolean isAgent(LineConnection connection) {
        return connection.equals(agent);
    }

    boolean hasListeners() {
        return !listeners.isEmpty();
    }

    void forEach(Consumer<LineConnection> action) {
        listeners.forEach(action);
    }

    /** When the agent last said anything; at the keeper's start it counts as just heard. */
    long agentSeenNanos() {
        return agentSeenNanos;
    }

    /** A line that may be lost; nothing without an agent. */
    void tellAgent(Message message) {
        LineConnection to = agent;
        if (to != null) {
            var _ = to.sendIfRoom(message);
        }
    }

    void tellAll(Message message) {
        for (LineConnection listener : listeners) {
            listener.send(message);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
