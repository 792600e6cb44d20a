// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client of a local socket that connects again whenever the server is gone, first after {@link #RETRY_FIRST}, then
 * doubling up to {@link #RETRY_MAX}. Nothing is kept across connections: what must hold on a new one is said again in
 * {@link LineHandler#connected}.
 */
public final class LineClient implements AutoCloseable {
    static final Duration RETRY_FIRST = Duration.ofMillis(20);
    static final Duration RETRY_MAX = Duration.ofSeconds(1);
    /** Requests that wait for an answer at once; more are refused. */
    static final int PENDING_MAX = 1024;

    private final Path socket;
    private final LineHandler handler;
    private final ThreadFactory threads;
    private final Thread runner;
    private final Map<String, CompletableFuture<Message>> pending = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private volatile @Nullable LineConnection current;
    private volatile boolean closed;

    private LineClient(Path socket, LineHandler handler) {
        this.socket = socket;
        this.handler = handler;
        this.threads = Thread.ofVirtual()
                .name("local-" + socket.getFileName() + "-", 0)
                .factory();
        this.runner = threads.newThread(this::run);
    }

    /** Starts to connect, and keeps connected until closed. */
    public static LineClient open(Path socket, LineHandler handler) {
        LineClient client = new LineClient(socket, handler);
        client.runner.start();
        return client;
    }

    /** Queues the line; false when there is no connection now. */
    public boolean send(Message message) {
        LineConnection connection = current;
        return connection != null && connection.send(message);
    }

    /**
     * Sends with a {@code request} number of its own and gives the line that repeats it. Fails with an IOException when
     * the connection is or goes away, with a TimeoutException at the bound. The handler does not see the answer.
     */
    public CompletableFuture<Message> request(Message message, Duration bound) {
        String number = Long.toString(requests.incrementAndGet());
        Map<String, String> fields = new HashMap<>(message.fields());
        fields.put("request", number);
        CompletableFuture<Message> answer = new CompletableFuture<>();
        if (pending.size() >= PENDING_MAX) {
            answer.completeExceptionally(new IOException(PENDING_MAX + " requests already wait for " + socket));
            return answer;
        }
        pending.put(number, answer);
        var _ = answer.whenComplete((_, _) -> pending.remove(number));
        if (!send(new Message(message.verb(), fields))) {
            answer.completeExceptionally(new IOException("not connected to " + socket));
        }
        return answer.orTimeout(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    public boolean isConnected() {
        LineConnection connection = current;
        return connection != null && connection.isOpen();
    }

    private void run() {
        Duration wait = RETRY_FIRST;
        while (!closed) {
            try {
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                wait = RETRY_FIRST;
                new LineConnection(channel, new Ours()).run(threads);
            } catch (IOException e) {
                // Not there yet, or not any more: whoever needs it sees isConnected().
            }
            if (!closed) {
                LockSupport.parkNanos(wait.toNanos());
                wait = wait.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : wait.multipliedBy(2);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LineConnection connection = current;
        if (connection != null) {
            connection.close();
        }
        LockSupport.unpark(runner);
    }

    /** Keeps the current connection, and gives answers to those who asked. */
    private final class Ours implements LineHandler {
        @Override
        public void connected(LineConnection connection) {
            current = connection;
            if (closed) {
                connection.close();
            }
            handler.connected(connection);
        }

        @Override
        public void received(LineConnection connection, Message message) {
            String number = message.fields().get("request");
            CompletableFuture<Message> waiting = number == null ? null : pending.remove(number);
            if (waiting == null) {
                handler.received(connection, message);
            } else {
                waiting.complete(message);
            }
        }

        @Override
        public void disconnected(LineConnection connection, String why) {
            current = null;
            for (CompletableFuture<Message> waiting : pending.values()) {
                waiting.completeExceptionally(new IOException(socket + ": " + why));
            }
            handler.disconnected(connection, why);
        }
    }
}
