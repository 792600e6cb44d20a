// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.local.Message;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two mirror processes on this machine, each with a sparse backing file, on loopback. */
final class MirrorPair implements AutoCloseable {
    final Register register = new Register();
    final MirrorNode a;
    final MirrorNode b;
    final Path key;
    private final Path dir;

    MirrorPair(Path dir, long backingBytes) throws IOException {
        this.dir = dir;
        key = Files.write(dir.resolve("key"), new byte[32]);
        a = new MirrorNode(1, dir, sparse("a.img", backingBytes), port(), register);
        b = new MirrorNode(2, dir, sparse("b.img", backingBytes), port(), register);
    }

    /** Both configured and connected. */
    MirrorPair connected() {
        configure(a, b.address);
        configure(b, a.address);
        a.awaitState("connection", "Connected");
        b.awaitState("connection", "Connected");
        return this;
    }

    void configure(MirrorNode node, String peers) {
        Message answer = node.configure(key, peers);
        assertTrue(answer.getBoolean("ok"), answer::line);
    }

    /** Both up to date, a Primary. */
    MirrorPair founded() {
        connected();
        // A new copy is refused without its peer, and a machine that stalls may lose the link that was just there.
        a.await("founded", () -> a.promote().getBoolean("ok"));
        synced(a, b);
        return this;
    }

    void promoted(MirrorNode node) {
        assertTrue(register.allows(node.state("copy")), () -> "the record: " + register.copies());
        Message answer = node.promote();
        assertTrue(answer.getBoolean("ok"), answer::line);
    }

    void synced(MirrorNode primary, MirrorNode secondary) {
        primary.awaitState("peerDisk", "UpToDate");
        primary.awaitState("connection", "Connected");
        secondary.awaitState("disk", "UpToDate");
        assertEquals(2, register.copies().values().stream().filter(good -> good).count());
    }

    /** Byte for byte, as far as the data goes; nothing may be under way. */
    void assertEqualCopies() {
        long size = Long.parseLong(a.state("totalBytes"));
        Shell.run("cmp", "-n", Long.toString(size), a.backing.toString(), b.backing.toString());
    }

    private Path sparse(String name, long bytes) throws IOException {
        Path file = dir.resolve(name);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(bytes);
        }
        return file;
    }

    static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}
