// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits with ppoll(2) for a few sockets, a deadline in nanoseconds, or {@link #wake}. Chosen over a Selector because it
 * allocates nothing and its timeout is not rounded to milliseconds. One thread waits, any thread wakes.
 */
public final class Poller implements AutoCloseable {
    private static final int POLLFD_BYTES = 8;
    private static final short POLLIN = 1;
    private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final MethodHandle PPOLL = LibC.withoutErrno(
            "ppoll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    private static final MethodHandle EVENTFD = LibC.function("eventfd", FunctionDescriptor.of(INT, INT, INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment fds;
    private final MemorySegment timeout = arena.allocate(16, 8);
    private final MemorySegment one = arena.allocateFrom(LONG, 1L);
    private final MemorySegment drained = arena.allocate(8, 8);
    private final AtomicBoolean woken = new AtomicBoolean();
    private final int event;
    private final int count;

    public Poller(int... watched) throws IOException {
        try {
            event = (int) EVENTFD.invokeExact(LibC.captured(), 0, EFD_NONBLOCK_CLOEXEC);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (event < 0) {
            throw LibC.failure("eventfd");
        }
        count = watched.length + 1;
        fds = arena.allocate((long) POLLFD_BYTES * count, 8);
        for (int i = 0; i < count; i++) {
            fds.set(INT, (long) i * POLLFD_BYTES, i < watched.length ? watched[i] : event);
            fds.set(ValueLayout.JAVA_SHORT, (long) i * POLLFD_BYTES + 4, POLLIN);
        }
    }

    /** Waits at most so long; returns early for a readable socket, a wake-up or a signal. */
    public void await(long nanos) {
        long bounded = Math.max(0, nanos);
        timeout.setAtIndex(LONG, 0, bounded / 1_000_000_000L);
        timeout.setAtIndex(LONG, 1, bounded % 1_000_000_000L);
        try {
            int ready = (int) PPOLL.invokeExact(fds, (long) count, timeout, MemorySegment.NULL);
            if (ready > 0 && readable(count - 1)) {
                woken.set(false);
                FileDescriptors.read(event, drained, 8);
            } else if (ready < 0) {
                clear();
            }
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /** Whether the socket at this place of the constructor's list had something at the last {@link #await}. */
    public boolean readable(int index) {
        return fds.get(ValueLayout.JAVA_SHORT, (long) index * POLLFD_BYTES + 6) != 0;
    }

    /** Ends the current or the next {@link #await}. */
    public void wake() {
        if (woken.compareAndSet(false, true)) {
            FileDescriptors.write(event, one, 8);
        }
    }

    private void clear() {
        for (int i = 0; i < count; i++) {
            fds.set(ValueLayout.JAVA_SHORT, (long) i * POLLFD_BYTES + 6, (short) 0);
        }
    }

    @Override
    public void close() throws IOException {
        FileDescriptors.close(event);
        arena.close();
    }
}
