// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.attach;

import io.metalha.node.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * nbdfuse(1) shows the NBD socket as a file, a loop device makes a block device of the file. nbdfuse is started ahead of
 * time and kept over clean demotions, so a promotion costs one ioctl. Each nbdfuse has a directory of its own: a file
 * system that is still mounted after a {@link #sever} hangs on one that is dead for ever.
 */
final class FuseLoop implements Attachment {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long END_MILLIS = 1000;

    private final Path directory;
    private final String prefix;
    private final Path socket;
    private @Nullable Fuse fuse;
    private @Nullable LoopDevice loop;

    /** One running nbdfuse. */
    private record Fuse(Process process, Path mountPoint, Path file) {}

    FuseLoop(Path directory, String mirror, Path socket) {
        this.directory = directory;
        this.prefix = mirror + ".mnt";
        this.socket = socket;
        clean();
    }

    @Override
    public String name() {
        return "nbdfuse";
    }

    @Override
    public void prepare() throws IOException {
        var _ = running();
    }

    private Fuse running() throws IOException {
        Fuse current = fuse;
        if (current != null && current.process.isAlive()) {
            return current;
        }
        if (current != null) {
            end(current);
        }
        Path mountPoint = Files.createTempDirectory(directory, prefix);
        Path file = mountPoint.resolve("disk");
        Process process = new ProcessBuilder("nbdfuse", file.toString(), "nbd+unix:///?socket=" + socket)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Fuse started = new Fuse(process, mountPoint, file);
        long deadline = System.nanoTime() + START_NANOS;
        while (!Files.exists(file)) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                end(started);
                throw new IOException("nbdfuse did not come up on " + socket);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        fuse = started;
        return started;
    }

    @Override
    public Path attach() throws IOException {
        LoopDevice current = loop;
        if (current == null) {
            current = LoopDevice.attach(running().file);
            loop = current;
        }
        return current.node();
    }

    @Override
    public boolean isInUse() throws IOException {
        return loop != null && loop.isInUse();
    }

    @Override
    public void detach() throws IOException {
        LoopDevice current = loop;
        if (current != null) {
            current.sync();
            loop = null; // Its descriptor is closed even if the kernel refuses to detach it.
            current.detach();
        }
    }

    @Override
    public void sever() throws IOException {
        LoopDevice current = loop;
        loop = null;
        if (current != null) {
            current.detach();
        }
        if (fuse != null) {
            end(fuse);
            fuse = null;
        }
    }

    private static void end(Fuse old) {
        unmount(old.mountPoint);
        old.process.destroyForcibly();
        try {
            var _ = old.process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS);
            Files.deleteIfExists(old.mountPoint);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println(old.mountPoint + " stays: " + e.getMessage());
        }
    }

    private static void unmount(Path mountPoint) {
        try {
            Mounts.unmount(mountPoint, Mounts.DETACH);
        } catch (IOException e) {
            // Not mounted (any more).
        }
    }

    /**
     * What a former process of this mirror left: its block device is dead, its data came here with the NBD requests.
     * Found by this machine's own mount points: containers see each other's loop devices, over files of the same path.
     */
    private void clean() {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> all = Files.list(directory)) {
                for (Path left : all.filter(
                                path -> path.getFileName().toString().startsWith(prefix))
                        .toList()) {
                    LoopDevice.detachAllOver(left + "/");
                    unmount(left);
                    Files.deleteIfExists(left);
                }
            }
        } catch (IOException e) {
            System.err.println("cannot clean up after a former mirror process: " + e.getMessage());
        }
    }
}
