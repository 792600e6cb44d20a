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

/** Listens on a mirror's NBD socket (mode 0600). One thread a connection: requests are done where they are read. */
public final class NbdServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 8;

    private final Path socket;
    private final DataPath data;
    private final long sizeBytes;
    private final ServerSocketChannel listener;
    private final Set<NbdConnection> connections = ConcurrentHashMap.newKeySet();

    private NbdServer(Path socket, DataPath data, long sizeBytes) throws IOException {
        this.socket = socket;
        this.data = data;
        this.sizeBytes = sizeBytes;
        Files.createDirectories(socket.toAbsolutePath().getParent());
        Files.deleteIfExists(socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    }

    public static NbdServer listen(Path socket, DataPath data, long sizeBytes) throws IOException {
        NbdServer server = new NbdServer(socket, data, sizeBytes);
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
                NbdConnection connection = new NbdConnection(channel, data, sizeBytes);
                connections.add(connection);
                Thread.ofPlatform().name("nbd-" + socket.getFileName()).daemon().start(() -> {
                    connection.run();
                    connections.remove(connection);
                });
            } catch (IOException e) {
                if (listener.isOpen()) {
                    System.err.println(socket + ": cannot accept: " + e.getMessage());
                    return;
                }
            }
        }
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
