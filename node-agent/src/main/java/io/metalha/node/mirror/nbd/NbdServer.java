// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.nbd;

import io.metalha.node.mirror.data.DataPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Listens on a mirror's NBD socket (mode 0600). One thread a connection: requests are done where they are read. */
public final class NbdServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 8;
    /** After a failure, which may last. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path socket;
    private final Connect connect;
    private final ServerSocketChannel listener;
    private final Set<NbdConnection> connections = ConcurrentHashMap.newKeySet();

    /** Makes what serves one client; fails when there is no memory for it. */
    interface Connect {
        NbdConnection to(SocketChannel channel) throws IOException;
    }

    private NbdServer(Path socket, Connect connect) throws IOException {
        this.socket = socket;
        this.connect = connect;
        Files.createDirectories(socket.toAbsolutePath().getParent());
        Files.deleteIfExists(socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    }

    public static NbdServer listen(Path socket, DataPath data, long sizeBytes) throws IOException {
        return listen(socket, channel -> new NbdConnection(channel, data, sizeBytes));
    }

    static NbdServer listen(Path socket, Connect connect) throws IOException {
        NbdServer server = new NbdServer(socket, connect);
        Thread.ofVirtual().name("nbd-accept").start(server::accept);
        return server;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                if (connections.size() >= CONNECTIONS_MAX) {
                    channel.close();
                    continue;
                }
                serve(channel);
            } catch (IOException e) {
                if (listener.isOpen()) {
                    System.err.println(socket + ": cannot accept: " + e.getMessage());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** Without memory for its buffers the client is sent away, and may come again. */
    private void serve(SocketChannel channel) throws IOException {
        NbdConnection connection;
        try {
            connection = connect.to(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        connections.add(connection);
        Thread.ofPlatform().name("nbd-" + socket.getFileName()).daemon().start(() -> {
            connection.run();
            connections.remove(connection);
        });
    }

    /** Closes every connection and the socket. */
    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            System.err.println(socket + ": " + e.getMessage());
        }
        connections.forEach(NbdConnection::close);
    }
}
