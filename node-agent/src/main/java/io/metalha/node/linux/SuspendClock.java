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

/**
 * Notices that this host was suspended: CLOCK_BOOTTIME then counts, CLOCK_MONOTONIC does not. Both cannot be read at one
 * instant, and between two readings a loaded machine may let tens of milliseconds pass, so each look gives bounds: BOOTTIME
 * is read between two readings of MONOTONIC, and only what no such pause can explain is a suspension. One thread.
 */
public final class SuspendClock {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final MethodHandle CLOCK_GETTIME =
            LibC.withoutErrno("clock_gettime", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS));

    private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

    private long atMostBefore;

    public SuspendClock() {
        this(0);
    }

    /** @param aheadNanos what {@link #aheadNanos} said in another process of this boot; 0 for unknown */
    public SuspendClock(long aheadNanos) {
        atMostBefore = aheadNanos == 0 ? Long.MAX_VALUE : aheadNanos;
    }

    /** For how long, in nanoseconds and at least, the host was suspended since the last call; negative or 0: it was not. */
    public long suspendedNanos() {
        long first = nanos(CLOCK_MONOTONIC);
        long boot = nanos(CLOCK_BOOTTIME);
        long second = nanos(CLOCK_MONOTONIC);
        long atLeast = atMostBefore == Long.MAX_VALUE ? 0 : boot - second - atMostBefore;
        atMostBefore = boot - first;
        return atLeast;
    }

    /** How far BOOTTIME was ahead of MONOTONIC at the last look, at most. */
    public long aheadNanos() {
        return atMostBefore;
    }

    private long nanos(int clock) {
        try {
            int result = (int) CLOCK_GETTIME.invokeExact(clock, timespec);
            if (result != 0) {
                throw new IllegalStateException("clock_gettime(" + clock + ") failed");
            }
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        return timespec.getAtIndex(LONG, 0) * 1_000_000_000L + timespec.getAtIndex(LONG, 1);
    }
}
