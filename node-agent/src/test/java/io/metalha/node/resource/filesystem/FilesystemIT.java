// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import static io.metalha.node.resource.HostCommand.await;
import static io.metalha.node.resource.HostCommand.run;
import static io.metalha.node.resource.HostCommand.tryRun;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.HostCommand;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.filesystem.FilesystemSettings.Create;
import io.metalha.node.resource.filesystem.FilesystemSettings.Type;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system on a loop device: made, replayed, preened, kept busy, taken away. */
class FilesystemIT {
    private static final Epoch EPOCH = new Epoch(7, 1);
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private Path device;
    private Path target;

    @BeforeEach
    void attach() throws IOException {
        assumeTrue(HostCommand.isRoot() && HostCommand.exists("losetup"), "needs root and losetup");
        Path image = folder.resolve("disk.img");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(400L << 20);
        }
        device = Path.of(run("losetup", "--find", "--show", image.toString()).strip());
        target = folder.resolve("deep/mount point");
    }

    @AfterEach
    void detach() {
        if (device != null) {
            while (tryRun("umount", target.toString())) {
                // Until nothing is mounted there.
            }
            tryRun("losetup", "--detach", device.toString());
        }
    }

    @Test
    void blankDeviceIsMadeOnceAndKeepsItsFiles() throws IOException {
        for (Type type : List.of(Type.EXT4, Type.XFS)) {
            assumeTrue(HostCommand.exists("mkfs." + type.kernelName()), "needs mkfs." + type.kernelName());
            run("sh", "-c", "dd if=/dev/zero bs=1M count=400 status=none of=" + device);
            Filesystem filesystem = filesystem(type, true);
            assertInstanceOf(Probe.Stopped.class, filesystem.probe(BOUND));
            assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
            assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND), "start of the started succeeds");
            assertEquals(new Probe.Running(), filesystem.probe(BOUND));
            Files.writeString(target.resolve("row"), "kept");
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND), "stop of the stopped succeeds");
            assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
            assertEquals("kept", Files.readString(target.resolve("row")));
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
        }
    }

    @Test
    void firstContentIsWhatTheMountPointHeld() throws IOException {
        for (Type type : List.of(Type.EXT4, Type.XFS)) {
            assumeTrue(HostCommand.exists("mkfs." + type.kernelName()), "needs mkfs." + type.kernelName());
            run("sh", "-c", "dd if=/dev/zero bs=1M count=400 status=none of=" + device);
            Files.createDirectories(target);
            Files.writeString(target.resolve("fresh"), "from the package");
            Filesystem filesystem = filled(type);
            assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
            assertEquals("from the package", Files.readString(target.resolve("fresh")));
            Files.writeString(target.resolve("fresh"), "written since");
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
            assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
            assertEquals("written since", Files.readString(target.resolve("fresh")), "filled once only");
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
        }
    }

    @Test
    void copyThatWasCutShortBeginsAnew() throws IOException {
        Files.createDirectories(target);
        Files.writeString(target.resolve("fresh"), "whole");
        run("mkfs.ext4", "-q", "-F", "-L", "metalha-new", device.toString());
        Filesystem filesystem = filled(Type.EXT4);
        assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
        assertEquals("whole", Files.readString(target.resolve("fresh")));
        assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
    }

    @Test
    void nothingIsMadeOverDataOrUnasked() throws IOException {
        assertReason(filesystem(Type.EXT4, false), "carries no file system");
        run("sh", "-c", "printf secret | dd of=" + device + " bs=1 seek=70000 conv=notrunc status=none");
        assertReason(filesystem(Type.EXT4, true), "data of an unknown kind");
        run("mkfs.ext4", "-q", "-F", device.toString());
        assertReason(filesystem(Type.XFS, true), "carries ext4, not xfs");
        run("dd", "if=/dev/zero", "of=" + device, "bs=1M", "count=1", "conv=notrunc", "status=none");
        assertReason(filesystem(Type.EXT4, true), "head was wiped");
    }

    @Test
    void journalOfACrashIsReplayedByTheMount() throws IOException {
        Filesystem filesystem = filesystem(Type.EXT4, true);
        assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
        Files.writeString(target.resolve("row"), "synced");
        run("sync", "-f", target.resolve("row").toString());
        // A crash: the disk as it is now, with its journal not yet written back.
        Path copy = folder.resolve("copy.img");
        Files.copy(folder.resolve("disk.img"), copy);
        assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
        run("losetup", "--detach", device.toString());
        device = Path.of(run("losetup", "--find", "--show", copy.toString()).strip());
        assertTrue(run("dumpe2fs", "-h", device.toString()).contains("needs_recovery"));
        Filesystem taker = filesystem(Type.EXT4, true);
        long begin = System.nanoTime();
        assertEquals(new Outcome.Done(), taker.start(EPOCH, BOUND));
        System.out.println("mount with journal replay: " + (System.nanoTime() - begin) / 1_000 + " us");
        assertEquals("synced", Files.readString(target.resolve("row")));
        assertEquals(new Outcome.Done(), taker.stop(EPOCH, false, BOUND));
    }

    @Test
    void markedErrorsArePreenedBeforeTheMount() {
        run("mkfs.ext4", "-q", "-F", device.toString());
        run("debugfs", "-w", "-R", "ssv state 2", device.toString());
        Filesystem filesystem = filesystem(Type.EXT4, true);
        assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
        assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
        assertTrue(run("dumpe2fs", "-h", device.toString()).contains("Filesystem state:         clean"));
    }

    @Test
    void whoKeepsItBusyIsNamedAndKilledOnlyByAHardStop() throws Exception {
        Filesystem filesystem = filesystem(Type.EXT4, true);
        assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
        Process shell =
                new ProcessBuilder("sleep", "60").directory(target.toFile()).start();
        try {
            var busy = assertInstanceOf(Outcome.Failed.class, filesystem.stop(EPOCH, false, SHORT));
            assertTrue(busy.reason().contains("sleep (pid " + shell.pid() + ", working directory)"), busy.reason());
            assertTrue(shell.isAlive());
            long begin = System.nanoTime();
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, true, BOUND));
            System.out.println("hard unmount with a shell inside: " + (System.nanoTime() - begin) / 1_000 + " us");
            await(BOUND, "the shell is gone", () -> !shell.isAlive());
        } finally {
            shell.destroyForcibly();
        }
    }

    @Test
    void foreignMountOnTheSpotIsRefused() throws IOException {
        Files.createDirectories(target);
        run("mount", "-t", "tmpfs", "tmpfs", target.toString());
        assertReason(filesystem(Type.EXT4, true), "is mounted on");
        var probe =
                assertInstanceOf(Probe.Failed.class, filesystem(Type.EXT4, true).probe(BOUND));
        assertFalse(probe.reason().isEmpty());
    }

    @Test
    void figures() {
        Filesystem filesystem = filesystem(Type.EXT4, true);
        filesystem.warmUp();
        assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
        long[] mounts = new long[15];
        long[] unmounts = new long[15];
        for (int round = 0; round < mounts.length; round++) {
            long begin = System.nanoTime();
            assertEquals(new Outcome.Done(), filesystem.stop(EPOCH, false, BOUND));
            long middle = System.nanoTime();
            assertEquals(new Outcome.Done(), filesystem.start(EPOCH, BOUND));
            unmounts[round] = middle - begin;
            mounts[round] = System.nanoTime() - middle;
        }
        Arrays.sort(mounts);
        Arrays.sort(unmounts);
        System.out.println("ext4 mount median " + mounts[7] / 1_000 + " us, max " + mounts[14] / 1_000
                + " us; unmount median " + unmounts[7] / 1_000 + " us, max " + unmounts[14] / 1_000 + " us");
        filesystem.stop(EPOCH, false, BOUND);
    }

    private void assertReason(Filesystem filesystem, String part) {
        var refused = assertInstanceOf(Outcome.Failed.class, filesystem.start(EPOCH, BOUND));
        assertTrue(refused.reason().contains(part), refused.reason());
    }

    private Filesystem filesystem(Type type, boolean createIfBlank) {
        return new Filesystem(new FilesystemSettings(
                device, target, type, List.of("noatime"), createIfBlank ? Create.IF_BLANK : Create.NEVER));
    }

    private Filesystem filled(Type type) {
        return new Filesystem(
                new FilesystemSettings(device, target, type, List.of(), Create.IF_BLANK_FROM_MOUNT_POINT));
    }
}
