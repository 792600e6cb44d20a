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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** Schedules the calling thread, and those it makes from now on, SCHED_FIFO with this priority (1 to 99). */
    public static String schedule(int priority) {
        return schedule(0, priority);
    }

    /**
     * Schedules the virtual machine's own thread likewise. While it brings all threads to a stop nobody runs, however high
     * his priority: starved by ordinary load, it held a real-time thread up for 197 ms.
     */
    public static String scheduleVirtualMachine(int priority) {
        String result = "there is no such thread";
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).strip().equals("VM Thread")) {
                    result = schedule(Integer.parseInt(thread.getFileName().toString()), priority);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            result = String.valueOf(e.getMessage());
        }
        return result;
    }

    private static String schedule(int thread, int priority) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameter = arena.allocateFrom(INT, priority);
            int result = (int) SETSCHEDULER.invokeExact(LibC.captured(), thread, SCHED_FIFO, parameter);
            return result == 0 ? "yes" : LibC.message(LibC.errno());
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }
}
