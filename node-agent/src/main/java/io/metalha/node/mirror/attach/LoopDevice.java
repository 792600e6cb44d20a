// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.attach;

import io.metalha.node.linux.Devices;
import io.metalha.node.linux.KernelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A loop device over a file, by ioctl (linux/loop.h): a spawned losetup costs 10 ms of a takeover.
 *
 * <p>It is kept open while it is ours. Without: (1) somebody says {@code losetup -D}, and the kernel marks the mounted device
 * to end with its last user; (2) the group is stopped, the unmount ends the device before its last flush; (3) another process
 * gets the free number, and our detach ends the other's device. The kernel is told to detach it at the last close, so that a mirror
 * that is killed leaves none behind once nothing is mounted.
 */
final class LoopDevice {
    private static final long LOOP_CTL_GET_FREE = 0x4c82;
    private static final long LOOP_CONFIGURE = 0x4c0a;
    private static final long LOOP_CLR_FD = 0x4c01;
    private static final int CONFIG_BYTES = 304;
    private static final int FLAGS_OFFSET = 60;
    private static final int NAME_OFFSET = 64;
    private static final int NAME_MAX = 63;
    private static final int FLAG_AUTOCLEAR = 4;
    private static final int FLAG_DIRECT_IO = 16;
    private static final int BLOCK_BYTES = 4096;
    private static final long LOOP_MAJOR = 7;
    private static final int TRIES = 8;

    private final Path node;
    private final int device;

    private LoopDevice(Path node, int device) {
        this.node = node;
        this.device = device;
    }

    Path node() {
        return node;
    }

    static LoopDevice attach(Path file) throws IOException {
        KernelException last = null;
        for (int i = 0; i < TRIES; i++) {
            Path node = free();
            int device = Devices.open(node, Devices.O_RDWR);
            try {
                // Where direct I/O on the file is not possible, the page cache in between costs speed, not safety.
                if (!configure(device, file, FLAG_AUTOCLEAR | FLAG_DIRECT_IO)) {
                    var _ = configure(device, file, FLAG_AUTOCLEAR);
                }
                return new LoopDevice(node, device);
            } catch (IOException e) {
                Devices.close(device);
                if (!(e instanceof KernelException call) || !call.isBusy()) {
                    throw e;
                }
                last = call; // Somebody else took it in between.
            }
        }
        throw new IOException("no free loop device after " + TRIES + " tries", last);
    }

    private static Path free() throws IOException {
        int control = Devices.open(Path.of("/dev/loop-control"), Devices.O_RDWR);
        int number;
        try {
            number = Devices.ioctl(control, LOOP_CTL_GET_FREE, MemorySegment.NULL);
        } finally {
            Devices.close(control);
        }
        Path node = Path.of("/dev/loop" + number);
        if (!Files.exists(node)) {
            // In a container nobody makes the node.
            Devices.makeBlockNode(node, LOOP_MAJOR << 8 | number);
        }
        return node;
    }

    private static boolean configure(int device, Path file, int flags) throws IOException {
        int fd = Devices.open(file, Devices.O_RDWR);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_BYTES, Long.BYTES);
            config.set(ValueLayout.JAVA_INT, 0, fd);
            config.set(ValueLayout.JAVA_INT, 4, BLOCK_BYTES);
            config.set(ValueLayout.JAVA_INT, FLAGS_OFFSET, flags);
            byte[] name = file.toString().getBytes(StandardCharsets.UTF_8);
            MemorySegment.copy(name, 0, config, ValueLayout.JAVA_BYTE, NAME_OFFSET, Math.min(name.length, NAME_MAX));
            var _ = Devices.ioctl(device, LOOP_CONFIGURE, config);
            return true;
        } catch (KernelException e) {
            if (e.isBusy() || flags == FLAG_AUTOCLEAR) {
                throw e;
            }
            return false;
        } finally {
            Devices.close(fd);
        }
    }

    /** Whether a file system or another exclusive user has it open. */
    boolean isInUse() throws IOException {
        try {
            Devices.close(Devices.open(node, Devices.O_RDWR | Devices.O_EXCL));
            return false;
        } catch (KernelException e) {
            if (e.isBusy()) {
                return true;
            }
            throw e;
        }
    }

    /** Writes out what the kernel holds for the device. */
    void sync() throws IOException {
        Devices.fsync(device);
    }

    /** The last use of this object. Where somebody still has it open, the kernel does it when they close it. */
    void detach() throws IOException {
        try {
            var _ = Devices.ioctl(device, LOOP_CLR_FD, MemorySegment.NULL);
        } finally {
            Devices.close(device);
        }
    }

    /** Detaches what a former process left over files whose path begins so. */
    static void detachAllOver(String pathPrefix) throws IOException {
        Path blocks = Path.of("/sys/block");
        try (Stream<Path> all = Files.list(blocks)) {
            for (Path block : all.toList()) {
                Path backing = block.resolve("loop/backing_file");
                if (block.getFileName().toString().startsWith("loop")
                        && Files.exists(backing)
                        && Files.readString(backing).startsWith(pathPrefix)) {
                    Path node = Path.of("/dev").resolve(block.getFileName());
                    new LoopDevice(node, Devices.open(node, Devices.O_RDONLY)).detach();
                }
            }
        }
    }
}
