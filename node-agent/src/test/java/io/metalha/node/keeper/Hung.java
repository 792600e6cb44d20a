// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system on which every write waits, in a state that no signal ends, until this is closed. */
final class Hung implements AutoCloseable {
    private static final long SIZE = 16L << 20;

    private final Path mount;
    private final List<Process> writers = new ArrayList<>();

    Hung(Path directory) throws Exception {
        Path image = directory.resolve("hung.img");
        mount = Files.createDirectories(directory.resolve("hung"));
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        Namespaces.run("mkfs.ext4", "-q", "-F", image.toString());
        Namespaces.run("mount", "-o", "loop", image.toString(), mount.toString());
        Namespaces.run("fsfreeze", "-f", mount.toString());
    }

    /** Starts a process in the cgroup that writes, and waits until it hangs. */
    Process write(Path cgroup) throws IOException {
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "echo $$ > '%s/cgroup.procs' && exec dd if=/dev/zero of='%s/file' count=1 status=none"
                                .formatted(cgroup, mount))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!hangs(writer)) {
            assertTrue(System.nanoTime() < deadline, "the writer does not hang");
            Thread.onSpinWait();
        }
        writers.add(writer);
        return writer;
    }

    private static boolean hangs(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        return name.equals("dd") && stat.charAt(stat.lastIndexOf(')') + 2) == 'D';
    }

    @Override
    public void close() throws Exception {
        Namespaces.run("fsfreeze", "-u", mount.toString());
        for (Process writer : writers) {
            assertTrue(writer.waitFor(20, TimeUnit.SECONDS), "it ends once its write goes on");
        }
        Namespaces.run("umount", mount.toString());
    }
}
