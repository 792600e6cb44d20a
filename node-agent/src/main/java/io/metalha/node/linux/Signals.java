// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** kill(2). */
public final class Signals {
    private static final int SIGKILL = 9;
    private static final MethodHandle KILL = LibC.function("kill", FunctionDescriptor.of(INT, INT, INT));

    private Signals() {}

    /** Kills one process; false when it is not there or not ours to kill. */
    public static boolean kill(int pid) {
        if (pid <= 1) {
            throw new IllegalArgumentException("not a process to kill: " + pid);
        }
        try {
            return (int) KILL.invokeExact(LibC.captured(), pid, SIGKILL) == 0;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }
}
