// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The socket calls that java.net has no families for. Descriptors are plain ints; the caller closes them. */
final class Sockets {
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_ATTACH_FILTER = 26;
    static final short POLLIN = 1;

    private static final int MSG_DONTWAIT = 0x40;

    private static final MethodHandle SOCKET =
            LibC.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            LibC.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            LibC.function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            LibC.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle POLL =
            LibC.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SETSOCKOPT = LibC.function(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = LibC.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Sockets() {}

    static int open(int family, int type, int protocol) throws KernelException {
        try {
            return (int) check("socket", (int) SOCKET.invokeExact(LibC.captured(), family, type, protocol));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    static void bind(int socket, MemorySegment address) throws KernelException {
        try {
            check("bind", (int) BIND.invokeExact(LibC.captured(), socket, address, (int) address.byteSize()));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    static void send(int socket, byte[] message) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            check("send", (long) SEND.invokeExact(LibC.captured(), socket, bytes, bytes.byteSize(), 0));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** Bytes received, 0 when nothing waits. Never blocks: a blocked downcall would hold a virtual thread's carrier. */
    static int receive(int socket, MemorySegment buffer) throws KernelException {
        try {
            long result = (long) RECV.invokeExact(LibC.captured(), socket, buffer, buffer.byteSize(), MSG_DONTWAIT);
            if (result < 0 && (LibC.errno() == LibC.EAGAIN || LibC.errno() == LibC.EINTR)) {
                return 0;
            }
            return (int) check("recv", result);
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** Waits for input; for platform threads, or for waits of a millisecond. */
    static boolean await(int descriptor, int timeoutMillis) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(JAVA_INT, 0, descriptor);
            pollfd.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            int result = (int) POLL.invokeExact(LibC.captured(), pollfd, 1L, timeoutMillis);
            if (result < 0 && LibC.errno() == LibC.EINTR) {
                return false;
            }
            return check("poll", result) > 0;
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    static void option(int socket, int name, MemorySegment value) throws KernelException {
        try {
            check("setsockopt", (int)
                    SETSOCKOPT.invokeExact(LibC.captured(), socket, SOL_SOCKET, name, value, (int) value.byteSize()));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    static void close(int descriptor) {
        try {
            int _ = (int) CLOSE.invokeExact(LibC.captured(), descriptor);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    private static long check(String call, long result) throws KernelException {
        if (result < 0) {
            throw new KernelException(call, LibC.errno());
        }
        return result;
    }
}
