// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A file opened with O_DIRECT and O_DSYNC: a write that returned is on stable storage, and waits for no other process's
 * dirty pages. Sizes, offsets and buffers are multiples of {@value #BLOCK_BYTES}. Where the file system has no O_DIRECT
 * (tmpfs before 6.6), O_DSYNC alone.
 */
public final class DirectFile implements AutoCloseable {
    public static final int BLOCK_BYTES = 4096;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;
    private static final int O_DSYNC = 0x1000;
    private static final int O_DIRECT = 0x4000;
    private static final int O_CLOEXEC = 0x80000;

    private static final MethodHandle OPEN = LibC.function(
            "open", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PREAD =
            LibC.function("pread", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, LONG));
    private static final MethodHandle PWRITE =
            LibC.function("pwrite", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, LONG));
    private static final MethodHandle FSYNC = LibC.function("fsync", FunctionDescriptor.of(INT, INT));

    private final Path path;
    private final int fd;

    /** Opens, and makes (mode 0600) where there is none. */
    public DirectFile(Path path) throws IOException {
        this.path = path;
        int flags = O_RDWR | O_CREAT | O_DSYNC | O_CLOEXEC;
        int opened = open(path.toString(), flags | O_DIRECT);
        if (opened < 0 && LibC.errno() == LibC.EINVAL) {
            opened = open(path.toString(), flags);
        }
        if (opened < 0) {
            throw LibC.failure("open " + path);
        }
        fd = opened;
    }

    private static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) OPEN.invokeExact(LibC.captured(), arena.allocateFrom(path), flags, 0600);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** A buffer that O_DIRECT accepts. */
    public static MemorySegment buffer(Arena arena, int bytes) {
        return arena.allocate(bytes, BLOCK_BYTES);
    }

    /** Bytes read; fewer than asked at the end of the file. */
    public int read(MemorySegment into, long offset) throws IOException {
        long result;
        try {
            result = (long) PREAD.invokeExact(LibC.captured(), fd, into, into.byteSize(), offset);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (result < 0) {
            throw LibC.failure("read " + path);
        }
        return (int) result;
    }

    /** Writes all of it, durably. */
    public void write(MemorySegment from, long offset) throws IOException {
        long result;
        try {
            result = (long) PWRITE.invokeExact(LibC.captured(), fd, from, from.byteSize(), offset);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (result < 0) {
            throw LibC.failure("write " + path);
        }
        if (result != from.byteSize()) {
            throw new IOException("write " + path + ": only " + result + " of " + from.byteSize() + " bytes");
        }
    }

    /** Makes the file's size and, opened on a directory's entry for the first time, its existence durable. */
    public void sync() throws IOException {
        int result;
        try {
            result = (int) FSYNC.invokeExact(LibC.captured(), fd);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (result < 0) {
            throw LibC.failure("fsync " + path);
        }
    }

    @Override
    public void close() throws IOException {
        FileDescriptors.close(fd);
    }
}
