// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** mount(2) and umount2(2). They may block for as long as a device does: platform threads only. */
public final class Mounts {
    /** MNT_DETACH: out of the tree at once, gone when its last user is. */
    public static final int DETACH = 2;

    private static final MethodHandle MOUNT =
            LibC.function("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle UMOUNT2 =
            LibC.function("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private Mounts() {}

    /**
     * @param flags MS_* of mount(2)
     * @param data  the file system's own options, comma-separated
     */
    public static void mount(Path device, Path target, String type, long flags, String data) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) MOUNT.invokeExact(
                    LibC.captured(),
                    arena.allocateFrom(device.toString()),
                    arena.allocateFrom(target.toString()),
                    arena.allocateFrom(type),
                    flags,
                    arena.allocateFrom(data));
            if (result < 0) {
                throw new KernelException("mounting " + device + " on " + target, LibC.errno());
            }
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    public static void unmount(Path target, int flags) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) UMOUNT2.invokeExact(LibC.captured(), arena.allocateFrom(target.toString()), flags);
            if (result < 0) {
                throw new KernelException("unmounting " + target, LibC.errno());
            }
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }
}
