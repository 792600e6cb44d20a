// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.heartbeat.PacketLayout;
import io.metalha.node.heartbeat.PacketReader;
import io.metalha.node.heartbeat.PacketWriter;
import io.metalha.node.heartbeat.PeerSession;
import io.metalha.node.linux.SocketAddress;
import io.metalha.node.linux.UdpSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The heartbeat paths: a UDP socket a path, an address a peer and path, sessions and packet buffers. The loop's thread. */
final class Transport implements AutoCloseable {
    private final List<KeeperConfig.Voter> peers;
    private final List<String> paths;
    private final UdpSocket[] sockets;
    private final @Nullable SocketAddress[][] addresses;
    private final PeerSession[] sessions;
    private final PacketWriter writer;
    private final PacketReader reader;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment outgoing = arena.allocate(PacketLayout.PACKET_BYTES_MAX, 8);
    private final MemorySegment incoming = arena.allocate(PacketLayout.PACKET_BYTES_MAX + 1, 8);

    Transport(KeeperConfig config, byte[] clusterKey, long session) throws IOException {
        peers = config.peers();
        paths = config.paths();
        long clusterHash = clusterHash(config.clusterUid());
        writer = new PacketWriter(config.self().number(), clusterHash, config.votersSequence());
        reader = new PacketReader(config.self().number(), clusterHash);
        sessions = new PeerSession[peers.size()];
        addresses = new @Nullable SocketAddress[peers.size()][paths.size()];
        for (int peer = 0; peer < peers.size(); peer++) {
            sessions[peer] = new PeerSession(peers.get(peer).id().number(), clusterKey, session, paths.size());
            for (int path = 0; path < paths.size(); path++) {
                InetSocketAddress address = peers.get(peer).addresses().get(paths.get(path));
                addresses[peer][path] = address == null ? null : new SocketAddress(address);
            }
        }
        sockets = new UdpSocket[paths.size()];
        KeeperConfig.Voter own = config.voters().get(config.self());
        for (int path = 0; path < paths.size() && own != null; path++) {
            sockets[path] = bind(paths.get(path), own.addresses().get(paths.get(path)), path);
        }
    }

    private UdpSocket bind(String name, @Nullable InetSocketAddress local, int opened) throws IOException {
        try {
            if (local == null) {
                throw new IOException("no own address");
            }
            return new UdpSocket(new SocketAddress(local));
        } catch (IOException e) {
            for (int path = 0; path < opened; path++) {
                sockets[path].close();
            }
            arena.close();
            throw new IOException("heartbeat path " + name + " at " + local + ": " + e.getMessage(), e);
        }
    }

    static long clusterHash(String uid) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(uid.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    int[] descriptors() {
        int[] fds = new int[sockets.length];
        for (int path = 0; path < fds.length; path++) {
            fds[path] = sockets[path].fd();
        }
        return fds;
    }

    /** Takes the next packet of this path; -1 when none waits. */
    int receive(int path) {
        return sockets[path].receive(incoming);
    }

    /** Judges the packet just received; {@link #reader} then holds it. */
    PacketReader.Verdict judge(int length, int path, long nowNanos) {
        if (length > PacketLayout.PACKET_BYTES_MAX) {
            return PacketReader.Verdict.MALFORMED;
        }
        MemorySegment.copy(incoming, ValueLayout.JAVA_BYTE, 0, reader.packet(), 0, length);
        return reader.open(length, sessions, path, nowNanos);
    }

    PacketReader reader() {
        return reader;
    }

    int peerCount() {
        return sessions.length;
    }

    int pathCount() {
        return sockets.length;
    }

    KeeperConfig.Voter peer(int peer) {
        return peers.get(peer);
    }

    int indexOf(int voter) {
        for (int peer = 0; peer < sessions.length; peer++) {
            if (sessions[peer].number() == voter) {
                return peer;
            }
        }
        return -1;
    }

    /** Answers a peer that does not know our session. */
    void hello(int peer, long itsSession, int path, long nowNanos) {
        SocketAddress to = addresses[peer][path];
        if (to != null) {
            transmit(path, to, writer.hello(sessions[peer], itsSession, path, nowNanos));
        }
    }

    /** Sends the entries on every path to the peer; with {@code evenEmpty} at least one packet a path. */
    void send(int peer, long nowNanos, boolean evenEmpty, EntryQueue first, EntryQueue second, EntryQueue third) {
        for (int path = 0; path < sockets.length; path++) {
            SocketAddress to = addresses[peer][path];
            if (to != null) {
                writer.begin(sessions[peer], path, nowNanos);
                // Entries are for those only who have proved that they live now.
                if (sessions[peer].session() != 0) {
                    write(peer, path, to, nowNanos, first);
                    write(peer, path, to, nowNanos, second);
                    write(peer, path, to, nowNanos, third);
                }
                if (evenEmpty || !writer.isEmpty()) {
                    transmit(path, to, writer.finish(sessions[peer]));
                }
            }
        }
    }

    private void write(int peer, int path, SocketAddress to, long nowNanos, EntryQueue entries) {
        byte[] bytes = entries.bytes();
        int at = 0;
        while (at < entries.end()) {
            int size = PacketLayout.u16(bytes, at);
            if (!writer.add(bytes, at + Short.BYTES, size)) {
                transmit(path, to, writer.finish(sessions[peer]));
                writer.begin(sessions[peer], path, nowNanos);
                continue;
            }
            at += Short.BYTES + size;
        }
    }

    private void transmit(int path, SocketAddress to, int length) {
        MemorySegment.copy(writer.packet(), 0, outgoing, ValueLayout.JAVA_BYTE, 0, length);
        // A path that refuses is a path that is down: the peer will not hear us there, and say so.
        sockets[path].send(outgoing, length, to);
    }

    @Override
    public void close() throws IOException {
        for (UdpSocket socket : sockets) {
            socket.close();
        }
        arena.close();
    }
}
