// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * Buffers that cost what is used of them: a page is there once it was touched (mmap(2), zeroed by the kernel), and all of
 * them go back when the arena closes. ByteBuffer.allocateDirect touches every page at once, and what it took stays until a
 * garbage collection finds the buffer, which in a process that makes little garbage may be never.
 */
public final class LazyMemory {
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle MMAP = LibC.function(
            "mmap",
            FunctionDescriptor.of(
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    INT,
                    INT,
                    INT,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle MUNMAP =
            LibC.withoutErrno("munmap", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private LazyMemory() {}

    /** A direct buffer of so many bytes, all zero, in big-endian order. Nobody may touch it after the arena is closed. */
    public static ByteBuffer buffer(int bytes, Arena arena) throws IOException {
        try {
            MemorySegment mapped = (MemorySegment) MMAP.invokeExact(
                    LibC.captured(), MemorySegment.NULL, (long) bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (mapped.address() == MAP_FAILED) {
                throw LibC.failure("no memory for a buffer of " + bytes + " bytes");
            }
            return mapped.reinterpret(bytes, arena, LazyMemory::unmap).asByteBuffer();
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    private static void unmap(MemorySegment mapped) {
        try {
            int _ = (int) MUNMAP.invokeExact(mapped, mapped.byteSize());
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }
}
