// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.GroupId;
import io.metalha.node.linux.RawClock;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real cgroups of this host's systemd hierarchy: all that runs in them is killed, whatever it spawns meanwhile. */
@Timeout(60)
class StopListIT {
    @TempDir
    Path directory;

    @Test
    void killsTheWholeSubtreeAndTakesTheMarker() throws Exception {
        Path root = Path.of("/sys/fs/cgroup/systemd");
        assumeTrue(Files.isWritable(root.resolve("cgroup.procs")), "needs root and cgroup v1's systemd hierarchy");
        String name = "metalha-test-" + UUID.randomUUID();
        Path below = root.resolve(name).resolve("unit");
        Files.createDirectories(below);
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Path target = i % 2 == 0 ? root.resolve(name) : below;
                // Each keeps spawning, as a service that restarts its workers does.
                processes.add(new ProcessBuilder(
                                "sh",
                                "-c",
                                "echo $$ > " + target + "/cgroup.procs; trap '' TERM; i=0; "
                                        + "while [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done")
                        .start());
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (Cgroups.processes(root.resolve(name)).size() < 30 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            KeeperPaths paths = new KeeperPaths(directory, directory);
            Files.createDirectories(directory.resolve("held"));
            Files.createFile(paths.held("iptv-db"));
            StopList list = new StopList(new GroupId("iptv-db"), List.of(name, "not/there"), List.of());
            list.write(paths.stopLists());
            CountDownLatch first = new CountDownLatch(1);
            CountDownLatch last = new CountDownLatch(1);
            var runner = new StopListRunner(
                    paths, new Cgroups(root), new KeeperLog(new RawClock(), new PrintStream(System.out)));
            long begin = System.nanoTime();
            runner.end(list, first::countDown, last::countDown);
            assertTrue(first.await(10, TimeUnit.SECONDS));
            long told = System.nanoTime() - begin;
            assertTrue(last.await(10, TimeUnit.SECONDS));
            System.out.printf(
                    "stop list of 20 shells and their children: first round %d us, none left %d us%n",
                    told / 1000, (System.nanoTime() - begin) / 1000);
            for (Process process : processes) {
                assertTrue(process.waitFor(5, TimeUnit.SECONDS));
            }
            assertFalse(Files.exists(paths.held("iptv-db")));
            assertTrue(StopList.readAll(paths.stopLists()).isEmpty());
        } finally {
            processes.forEach(Process::destroyForcibly);
            Files.deleteIfExists(below);
            Files.deleteIfExists(root.resolve(name));
        }
    }

    @Test
    void refusesTheRootAndItsOwnCgroup() {
        Cgroups cgroups = new Cgroups(Path.of("/sys/fs/cgroup/systemd"));
        for (String bad : List.of("", "/", "..", "../..", "a/../..")) {
            assertThrows(IllegalArgumentException.class, () -> cgroups.resolve(bad), bad);
        }
    }
}
