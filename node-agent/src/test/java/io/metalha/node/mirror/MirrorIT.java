// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real mirror processes, nbdfuse, loop devices and ext4. Needs root. */
@Timeout(120)
class MirrorIT {
    private static final long SIZE = 128 << 20;

    @TempDir
    Path dir;

    /** A planned move: everything written on one side is there on the other, and both copies are equal. */
    @Test
    void movesWithAllItsData() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded()) {
            byte[] content = content(8 << 20);
            Shell.run("mkfs.ext4", "-q", pair.a.device().toString());
            try (var mounted = new Mounted(pair.a.device(), dir.resolve("mnt"))) {
                mounted.write("programme", content);
            }
            long start = System.nanoTime();
            assertTrue(pair.a.demote(false).getBoolean("ok"), pair.a::log);
            long demoted = System.nanoTime();
            pair.promoted(pair.b);
            long promoted = System.nanoTime();
            System.out.printf(
                    "demote %d ms, promote %d ms%n", (demoted - start) / 1000000, (promoted - demoted) / 1000000);
            try (var mounted = new Mounted(pair.b.device(), dir.resolve("mnt"))) {
                assertEquals(java.util.Arrays.hashCode(content), mounted.hash("programme"));
                mounted.write("more", content);
            }
            assertTrue(pair.b.demote(false).getBoolean("ok"));
            pair.assertEqualCopies();
        }
    }

    /** Somebody tidies up with losetup: the device stays until the mirror itself takes it away, and nothing is lost. */
    @Test
    void staysAttachedWhenSomebodyDetachesItsLoopDevice() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded()) {
            Path device = pair.a.device().toRealPath();
            assumeTrue(device.toString().startsWith("/dev/loop"), "the kernel has nbd: no loop device is in the way");
            byte[] content = content(8 << 20);
            Shell.run("mkfs.ext4", "-q", device.toString());
            try (var mounted = new Mounted(device, dir.resolve("mnt"))) {
                mounted.write("programme", content);
                Shell.run("losetup", "-d", device.toString());
            }
            assertTrue(pair.a.demote(false).getBoolean("ok"), pair.a::log);
            pair.promoted(pair.b);
            try (var mounted = new Mounted(pair.b.device(), dir.resolve("mnt"))) {
                assertEquals(java.util.Arrays.hashCode(content), mounted.hash("programme"));
            }
        }
    }

    /** The Primary dies in mid-write: the other side has every acknowledged write, and the dead one is made equal again. */
    @Test
    void losesNothingWhenThePrimaryIsKilled() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded()) {
            byte[] content = content(8 << 20);
            Shell.run("mkfs.ext4", "-q", pair.a.device().toString());
            try (var mounted = new Mounted(pair.a.device(), dir.resolve("mnt"))) {
                mounted.write("before", content);
                pair.a.kill();
            }
            pair.b.peerAlive(false);
            pair.promoted(pair.b);
            try (var mounted = new Mounted(pair.b.device(), dir.resolve("mnt"))) {
                assertEquals(java.util.Arrays.hashCode(content), mounted.hash("before"));
                mounted.write("alone", content);
                assertEquals("Connecting", pair.b.state("connection"));
                pair.a.start();
                pair.b.peerAlive(true);
                pair.synced(pair.b, pair.a);
                mounted.write("together", content);
            }
            assertTrue(pair.b.demote(false).getBoolean("ok"));
            pair.assertEqualCopies();
        }
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        new Random(7).nextBytes(content);
        return content;
    }

    /** A mounted ext4; unmounted whatever happens. */
    private record Mounted(Path point) implements AutoCloseable {
        Mounted(Path device, Path point) throws Exception {
            this(Files.createDirectories(point));
            Shell.run("mount", device.toRealPath().toString(), point.toString());
        }

        void write(String name, byte[] content) throws Exception {
            Files.write(point.resolve(name), content);
            Shell.run("sync", "-f", point.resolve(name).toString());
        }

        int hash(String name) throws Exception {
            return java.util.Arrays.hashCode(Files.readAllBytes(point.resolve(name)));
        }

        @Override
        public void close() {
            Shell.attempt("umount", point.toString());
        }
    }
}
