// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/** Serves a local socket of mode 0600; a socket file that a former process left behind is replaced. */
public final class LineServer implements AutoCloseable {
    /** Far above what a server's own parts need; more connections than this are refused. */
    public static final int CONNECTIONS_MAX = 64;

    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final Path socket;
    private final LineHandler handler;
    private final ThreadFactory threads;
    private final ServerSocketChannel listener;
    private final Set<LineConnection> connections = ConcurrentHashMap.newKeySet();

    private LineServer(Path socket, LineHandler handler, ThreadFactory threads) throws IOException {
        this.socket = socket;
        this.handler = handler;
        this.threads = threads;
        Files.deleteIfExists(socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        // Bound under a name that nobody looks for until the mode is right.
        Path unready = socket.resolveSibling(socket.getFileName() + ".new");
        Files.deleteIfExists(unready);
        listener.bind(UnixDomainSocketAddress.of(unready));
        Files.setPosixFilePermissions(unready, PosixFilePermissions.fromString("rw-------"));
        Files.move(unready, socket);
    }

    /** Listens, on virtual threads. */
    public static LineServer listen(Path socket, LineHandler handler) throws IOException {
        return listen(
                socket,
                handler,
                Thread.ofVirtual()
                        .name("local-" + socket.getFileName() + "-", 0)
                        .factory());
    }

    /** Listens, on threads of the factory: three a connection and one to accept. */
    public static LineServer listen(Path socket, LineHandler handler, ThreadFactory threads) throws IOException {
        LineServer server = new LineServer(socket, handler, threads);
        threads.newThread(server::accept).start();
        return server;
    }

    /** Sends to everyone connected now. */
    public void broadcast(Message message) {
        for (LineConnection connection : connections) {
            connection.send(message);
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                if (connections.size() >= CONNECTIONS_MAX) {
                    channel.close();
                    continue;
                }
                LineConnection connection = new LineConnection(channel, handler);
                connections.add(connection);
                threads.newThread(() -> {
                            connection.run(threads);
                            connections.remove(connection);
                        })
                        .start();
            } catch (IOException e) {
                if (listener.isOpen()) {
                    System.err.println(socket + ": cannot accept: " + e.getMessage());
                    // Out of file descriptors, most likely: neither spin nor give up.
                    LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            System.err.println(socket + ": " + e.getMessage());
        }
        connections.forEach(connection -> connection.close("the server ends"));
    }
}
