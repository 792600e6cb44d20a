// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** How long this host has been suspended since boot: CLOCK_BOOTTIME less CLOCK_MONOTONIC. One thread. */
public final class SuspendClock {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final MethodHandle CLOCK_GETTIME =
            LibC.function("clock_gettime", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS));

    private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

    /** Nanoseconds; grows only by suspensions, apart from the microseconds between its two readings. */
    public long suspendedNanos() {
        long monotonic = nanos(CLOCK_MONOTONIC);
        return nanos(CLOCK_BOOTTIME) - monotonic;
    }

    private long nanos(int clock) {
        try {
            int result = (int) CLOCK_GETTIME.invokeExact(LibC.captured(), clock, timespec);
            if (result != 0) {
                throw new IllegalStateException("clock_gettime(" + clock + ") failed");
            }
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        return timespec.getAtIndex(LONG, 0) * 1_000_000_000L + timespec.getAtIndex(LONG, 1);
    }
}
