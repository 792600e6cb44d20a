// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static io.metalha.node.linux.LibC.INT;
import static io.metalha.node.linux.LibC.LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A watchdog as the kernel's watchdog-api document describes it: opening arms it, any write feeds it, a 'V' before closing disarms it
 * (where the driver was not told "nowayout"). A stand-in that takes the same bytes, such as a FIFO, has no timeout to set. One thread.
 */
public final class WatchdogDevice implements AutoCloseable {
    private static final int O_WRONLY = 1;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final long WDIOC_SETTIMEOUT = 0xC0045706L;
    private static final int ENOTTY = 25;
    private static final byte PING = 'p';
    private static final byte MAGIC_CLOSE = 'V';

    private static final MethodHandle OPEN = LibC.function(
            "open", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = LibC.function(
            "ioctl", FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle WRITE =
            LibC.function("write", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
    private static final MethodHandle CLOSE = LibC.function("close", FunctionDescriptor.of(INT, INT));

    private final Path path;
    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment ping = arena.allocateFrom(ValueLayout.JAVA_BYTE, PING);

    /** Opens it, which arms it. A stand-in that nobody reads is refused (ENXIO). */
    public WatchdogDevice(Path path) throws IOException {
        this.path = path;
        int opened;
        try (Arena name = Arena.ofConfined()) {
            int flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC;
            opened = (int) OPEN.invokeExact(LibC.captured(), name.allocateFrom(path.toString()), flags);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (opened < 0) {
            throw LibC.failure("open " + path);
        }
        fd = opened;
    }

    /**
     * Whether the driver takes no 'V' ("nowayout", a parameter of its module or of the kernel's build): once armed it resets the server when
     * it is not fed, whatever is written before it is closed.
     *
     * @param devices {@code /sys/class/watchdog}
     */
    public static boolean staysArmed(Path device, Path devices) {
        try {
            String name = device.toRealPath().getFileName().toString();
            // The first one's second name, from before there could be several.
            Path nowayout = devices.resolve(name.equals("watchdog") ? "watchdog0" : name)
                    .resolve("nowayout");
            return Files.exists(nowayout) && Files.readString(nowayout).strip().equals("1");
        } catch (IOException e) {
            return false;
        }
    }

    /** @return the timeout in seconds that the driver has now: it may round; 0 where it has none to set */
    public int timeout(int seconds) throws IOException {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment value = call.allocateFrom(INT, seconds);
            int result = (int) IOCTL.invokeExact(LibC.captured(), fd, WDIOC_SETTIMEOUT, value);
            if (result == 0) {
                return value.get(INT, 0);
            }
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (LibC.errno() == ENOTTY) {
            return 0;
        }
        throw LibC.failure(path + ": setting the timeout to " + seconds + " s");
    }

    public void feed() throws IOException {
        write(ping);
    }

    /** Takes back what opening did, then closes. */
    public void disarm() throws IOException {
        try (Arena call = Arena.ofConfined()) {
            write(call.allocateFrom(ValueLayout.JAVA_BYTE, MAGIC_CLOSE));
        } finally {
            close();
        }
    }

    private void write(MemorySegment bytes) throws IOException {
        long written;
        try {
            written = (long) WRITE.invokeExact(LibC.captured(), fd, bytes, 1L);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        if (written != 1) {
            throw LibC.failure("write " + path);
        }
    }

    /** Closes without disarming: the server is reset unless somebody opens and feeds it in time. */
    @Override
    public void close() {
        try {
            var _ = (int) CLOSE.invokeExact(LibC.captured(), fd);
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
        arena.close();
    }
}
