// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** {@link MonotonicClock} by clock_gettime(2), which the vDSO answers without entering the kernel. Any thread. */
public final class RawClock implements MonotonicClock {
    private static final int CLOCK_MONOTONIC_RAW = 4;
    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final ThreadLocal<MemorySegment> TIMESPEC = ThreadLocal.withInitial(
            () -> Arena.ofAuto().allocate(MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_LONG)));

    @Override
    public long nanos() {
        MemorySegment timespec = TIMESPEC.get();
        try {
            int result = (int) CLOCK_GETTIME.invokeExact(CLOCK_MONOTONIC_RAW, timespec);
            if (result != 0) {
                throw new IllegalStateException("clock_gettime(CLOCK_MONOTONIC_RAW) failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return timespec.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L
                + timespec.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }
}
