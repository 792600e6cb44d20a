// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * CLOCK_MONOTONIC_RAW, the clock that keepers write into their journals and that all containers of a machine share. Not
 * {@link System#nanoTime()}: that is CLOCK_MONOTONIC, which time synchronisation speeds up and slows down, so that the
 * two drift apart by milliseconds within a run.
 */
public final class RawClock {
    private static final int CLOCK_MONOTONIC_RAW = 4;
    private static final MemoryLayout TIMESPEC = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("seconds"), ValueLayout.JAVA_LONG.withName("nanos"));
    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final ThreadLocal<MemorySegment> BUFFER =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(TIMESPEC));

    private RawClock() {}

    /** Nanoseconds since some moment at or before the machine's start. */
    public static long nanos() {
        MemorySegment time = BUFFER.get();
        try {
            int status = (int) CLOCK_GETTIME.invokeExact(CLOCK_MONOTONIC_RAW, time);
            if (status != 0) {
                throw new IllegalStateException("clock_gettime failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime cannot be called", e);
        }
        return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, Long.BYTES);
    }
}
