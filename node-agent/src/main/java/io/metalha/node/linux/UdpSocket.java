// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A bound, non-blocking UDP socket that sends and receives without allocating, which a DatagramChannel with many peers
 * does not. One thread.
 */
public final class UdpSocket implements AutoCloseable {
    private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_PRIORITY = 12;
    private static final int IPPROTO_IP = 0;
    private static final int IP_FREEBIND = 15;

    private static final MethodHandle SOCKET = LibC.function("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND =
            LibC.function("bind", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle SETSOCKOPT =
            LibC.function("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle SENDTO = LibC.withoutErrno(
            "sendto", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle RECVFROM = LibC.withoutErrno(
            "recvfrom",
            FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

    private final int fd;

    /** Binds also to an address that no interface has yet: a path whose cable is out must not stop the others. */
    public UdpSocket(SocketAddress local) throws IOException {
        fd = open(local.family, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
        try {
            option(fd, SOL_SOCKET, SO_REUSEADDR, 0);
            option(fd, SOL_SOCKET, SO_PRIORITY, 6);
            option(fd, IPPROTO_IP, IP_FREEBIND, 1);
            bind(fd, local.segment);
        } catch (IOException e) {
            FileDescriptors.close(fd);
            throw e;
        }
    }

    static int open(int family, int type, int protocol) throws IOException {
        int fd;
        try {
            fd = (int) SOCKET.invokeExact(LibC.captured(), family, type, protocol);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (fd < 0) {
            throw LibC.failure("socket");
        }
        return fd;
    }

    static void bind(int fd, MemorySegment address) throws IOException {
        int result;
        try {
            result = (int) BIND.invokeExact(LibC.captured(), fd, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (result < 0) {
            throw LibC.failure("bind");
        }
    }

    static void option(int fd, int level, int name, int value) throws IOException {
        int result;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocateFrom(INT, value);
            result = (int) SETSOCKOPT.invokeExact(LibC.captured(), fd, level, name, pointer, 4);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (result < 0) {
            throw LibC.failure("setsockopt " + level + "/" + name);
        }
    }

    /** Sends one datagram; false when the kernel refused it now (path down, queue full): a heartbeat is never retried. */
    public boolean send(MemorySegment buffer, int bytes, SocketAddress to) {
        try {
            long sent = (long) SENDTO.invokeExact(fd, buffer, (long) bytes, 0, to.segment, (int) to.segment.byteSize());
            return sent == bytes;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** Receives one datagram: its size, or -1 when none is waiting (errors of earlier sends count as none). */
    public int receive(MemorySegment buffer) {
        try {
            return (int) (long)
                    RECVFROM.invokeExact(fd, buffer, buffer.byteSize(), 0, MemorySegment.NULL, MemorySegment.NULL);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    public int fd() {
        return fd;
    }

    @Override
    public void close() throws IOException {
        FileDescriptors.close(fd);
    }
}
