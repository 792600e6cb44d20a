// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.attach;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The few system calls that attaching needs and Java lacks. */
final class Kernel {
    static final int O_RDWR = 2;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;
    static final int MNT_DETACH = 2;
    static final int EBUSY = 16;

    private static final int S_IFBLK = 0x6000;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option ERRNO_KEPT = Linker.Option.captureCallState("errno");

    private static final MethodHandle OPEN = handle(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle FSYNC =
            handle("fsync", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = handle(
            "ioctl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle MKNOD = handle(
            "mknod",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle UMOUNT2 =
            handle("umount2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private Kernel() {}

    /** A system call said no. */
    static final class SystemCallException extends IOException {
        private static final long serialVersionUID = 1;
        private final int errno;

        SystemCallException(String what, int errno) {
            super(what + ": error " + errno);
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    /** One call with errno kept; gives what the call gave, or throws. */
    private interface Call {
        int run(Arena arena, MemorySegment state) throws Throwable;
    }

    static int open(String path, int flags) throws IOException {
        return call("open " + path, (arena, state) ->
                (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags | O_CLOEXEC));
    }

    static void close(int fd) throws IOException {
        var _ = call("close", (_, state) -> (int) CLOSE.invokeExact(state, fd));
    }

    static void fsync(int fd) throws IOException {
        var _ = call("fsync", (_, state) -> (int) FSYNC.invokeExact(state, fd));
    }

    static int ioctl(int fd, long request, MemorySegment argument) throws IOException {
        return call("ioctl " + Long.toHexString(request), (_, state) ->
                (int) IOCTL.invokeExact(state, fd, request, argument));
    }

    /** @param device major * 256 + minor, for numbers below 256 */
    static void makeBlockNode(String path, long device) throws IOException {
        var _ = call("mknod " + path, (arena, state) ->
                (int) MKNOD.invokeExact(state, arena.allocateFrom(path), S_IFBLK | 0600, device));
    }

    static void unmount(String path, int flags) throws IOException {
        var _ = call(
                "umount " + path, (arena, state) -> (int) UMOUNT2.invokeExact(state, arena.allocateFrom(path), flags));
    }

    private static int call(String what, Call call) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = call.run(arena, state);
            if (result < 0) {
                throw new SystemCallException(what, (int) ERRNO.get(state, 0L));
            }
            return result;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        Linker.Option[] options = new Linker.Option[more.length + 1];
        options[0] = ERRNO_KEPT;
        System.arraycopy(more, 0, options, 1, more.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
