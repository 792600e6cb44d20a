// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** close(2), read(2), write(2) for descriptors that Java does not know. Allocation-free but for failures. */
final class FileDescriptors {
    private static final MethodHandle CLOSE = LibC.function("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle READ =
            LibC.withoutErrno("read", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
    private static final MethodHandle WRITE =
            LibC.withoutErrno("write", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));

    private FileDescriptors() {}

    static void close(int fd) throws IOException {
        int result;
        try {
            result = (int) CLOSE.invokeExact(LibC.captured(), fd);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (result < 0) {
            throw LibC.failure("close");
        }
    }

    /** Bytes read, or -1. */
    static long read(int fd, MemorySegment into, long bytes) {
        try {
            return (long) READ.invokeExact(fd, into, bytes);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** Bytes written, or -1. */
    static long write(int fd, MemorySegment from, long bytes) {
        try {
            return (long) WRITE.invokeExact(fd, from, bytes);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }
}
