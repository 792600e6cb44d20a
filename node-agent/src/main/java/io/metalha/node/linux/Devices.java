// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** open(2), ioctl(2), fsync(2) and mknod(2) for block devices. They may block for as long as a device does. */
public final class Devices {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    /** On a block device: fails as busy while a file system or another exclusive user has it. */
    public static final int O_EXCL = 0x80;

    private static final int O_CLOEXEC = 0x80000;
    private static final int S_IFBLK = 0x6000;

    private static final MethodHandle OPEN =
            LibC.function("open", FunctionDescriptor.of(INT, ADDRESS, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FSYNC = LibC.function("fsync", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle IOCTL =
            LibC.function("ioctl", FunctionDescriptor.of(INT, INT, LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle MKNOD = LibC.function("mknod", FunctionDescriptor.of(INT, ADDRESS, INT, LONG));

    private Devices() {}

    public static int open(Path path, int flags) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            return checked("open " + path, (int)
                    OPEN.invokeExact(LibC.captured(), arena.allocateFrom(path.toString()), flags | O_CLOEXEC));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    public static void close(int fd) throws IOException {
        FileDescriptors.close(fd);
    }

    public static void fsync(int fd) throws KernelException {
        try {
            var _ = checked("fsync", (int) FSYNC.invokeExact(LibC.captured(), fd));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    public static int ioctl(int fd, long request, MemorySegment argument) throws KernelException {
        try {
            return checked("ioctl " + Long.toHexString(request), (int)
                    IOCTL.invokeExact(LibC.captured(), fd, request, argument));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** @param device major * 256 + minor, for numbers below 256 */
    public static void makeBlockNode(Path path, long device) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            var _ = checked("mknod " + path, (int)
                    MKNOD.invokeExact(LibC.captured(), arena.allocateFrom(path.toString()), S_IFBLK | 0600, device));
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    private static int checked(String call, int result) throws KernelException {
        if (result < 0) {
            throw new KernelException(call, LibC.errno());
        }
        return result;
    }
}
