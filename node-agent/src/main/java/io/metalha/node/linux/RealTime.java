// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Real-time scheduling and locked memory, where the host allows them. Each answers "yes" or why not. */
public final class RealTime {
    private static final int MCL_CURRENT_FUTURE_ONFAULT = 1 | 2 | 4;
    private static final int SCHED_FIFO = 1;
    private static final MethodHandle MLOCKALL = LibC.function("mlockall", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SETSCHEDULER =
            LibC.function("sched_setscheduler", FunctionDescriptor.of(INT, INT, INT, ValueLayout.ADDRESS));

    private RealTime() {}

    /**
     * Locks what the process has touched and will touch. With ONFAULT, because locking all that a JVM reserves cost
     * 272 MB where 56 MB are used.
     */
    public static String lockMemory() {
        try {
            int result = (int) MLOCKALL.invokeExact(LibC.captured(), MCL_CURRENT_FUTURE_ONFAULT);
            return result == 0 ? "yes" : LibC.message(LibC.errno());
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** Schedules the calling thread SCHED_FIFO with this priority (1 to 99). */
    public static String schedule(int priority) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameter = arena.allocateFrom(INT, priority);
            int result = (int) SETSCHEDULER.invokeExact(LibC.captured(), 0, SCHED_FIFO, parameter);
            return result == 0 ? "yes" : LibC.message(LibC.errno());
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }
}
