// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stopping a busy MariaDB on a frozen mirror (docs/decisions/0001-stopping-on-a-frozen-mirror.md): the lease ends; its
 * processes are killed and wait on the frozen mirror; the hard demotion fails their requests; they die; the file system is
 * unmounted; the device is gone. Every other round at the memory limit of its cgroup. Needs root and mariadb-server.
 * {@code -Dmetalha.rounds=100} for the figures.
 */
@Timeout(500)
class FrozenMirrorIT {
    private static final int ROUNDS = Integer.getInteger("metalha.rounds", 4);
    private static final Duration ALL = Duration.ofMinutes(6);
    private static final Path MEMORY = Path.of("/sys/fs/cgroup/memory/metalha-frozen-mirror-test");
    private static final String LIMIT = "190000000";

    @TempDir
    Path dir;

    private final List<Process> clients = new ArrayList<>();

    @Test
    void nothingIsLeftSoonAfterTheLeaseEnded() throws Exception {
        assumeTrue(Shell.attempt("which", "mariadbd").status() == 0, "mariadbd is not installed");
        assumeTrue(Files.isWritable(MEMORY.getParent()), "no cgroup v1 memory controller");
        Path mount = Files.createDirectories(dir.resolve("mnt"));
        Path socket = dir.resolve("db.sock");
        Files.createDirectories(MEMORY);
        List<Double> total = new ArrayList<>();
        List<Double> died = new ArrayList<>();
        List<Double> limited = new ArrayList<>();
        try (var pair = new MirrorPair(dir, 400 << 20).founded()) {
            String device = pair.a.device().toRealPath().toString();
            Shell.run("mkfs.ext4", "-q", device);
            Shell.run("mount", device, mount.toString());
            Shell.run("mariadb-install-db", "--user=root", "--datadir=" + mount + "/db", "--skip-test-db");
            long end = System.nanoTime() + ALL.toNanos();
            for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
                boolean atLimit = round % 2 == 1;
                Files.writeString(MEMORY.resolve("memory.limit_in_bytes"), atLimit ? LIMIT : "-1");
                Process server = start(mount, socket);
                load(socket);
                long lost = System.nanoTime();
                pair.a.loseLease();
                Shell.run("sh", "-c", "kill -9 $(cat " + MEMORY + "/cgroup.procs)");
                assertTrue(pair.a.demote(true).getBoolean("ok"), pair.a::log);
                Await.until(Duration.ofSeconds(10), () -> "processes left", () -> !server.isAlive());
                double dead = millis(lost);
                Await.until(
                        Duration.ofSeconds(10),
                        () -> "still mounted",
                        () -> Shell.attempt("umount", mount.toString()).status() == 0);
                double gone = millis(lost);
                assertEquals("", Files.readString(MEMORY.resolve("cgroup.procs")));
                Path backing = Path.of("/sys/block/" + Path.of(device).getFileName() + "/loop/backing_file");
                Await.until(Duration.ofSeconds(10), () -> "device left", () -> !Files.exists(backing));
                died.add(dead);
                total.add(gone);
                if (atLimit) {
                    limited.add(gone);
                }
                endClients();
                pair.promoted(pair.a);
                device = pair.a.device().toRealPath().toString();
                Shell.run("mount", device, mount.toString());
            }
            Shell.run("umount", mount.toString());
            pair.synced(pair.a, pair.b);
            assertTrue(pair.a.demote(false).getBoolean("ok"), pair.a::log);
            pair.assertEqualCopies();
        } finally {
            endClients();
            Shell.attempt("sh", "-c", "kill -9 $(cat " + MEMORY + "/cgroup.procs)");
            Shell.attempt("umount", mount.toString());
            LockSupport.parkNanos(100_000_000L);
            Shell.attempt("rmdir", MEMORY.toString());
        }
        print("lease end to last process gone", died);
        print("lease end to unmounted", total);
        print("of these at the memory limit", limited);
    }

    private static Process start(Path mount, Path socket) throws IOException {
        Files.deleteIfExists(socket);
        Process server = new ProcessBuilder(
                        "sh",
                        "-c",
                        "echo $$ > " + MEMORY + "/cgroup.procs; exec mariadbd --no-defaults --user=root --datadir="
                                + mount
                                + "/db --socket=" + socket + " --skip-networking --innodb-buffer-pool-size=64M"
                                + " --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=1 --pid-file=" + socket
                                + ".pid")
                .redirectErrorStream(true)
                .redirectOutput(socket.resolveSibling("mariadb.log").toFile())
                .start();
        Await.until(
                Duration.ofSeconds(60),
                () -> "mariadbd answers",
                () -> Shell.attempt("mariadb", "-S", socket.toString(), "-e", "select 1")
                                .status()
                        == 0);
        return server;
    }

    private void load(Path socket) throws IOException {
        Shell.run(
                "mariadb",
                "-S",
                socket.toString(),
                "-e",
                "create database if not exists t; drop table if exists t.t;"
                        + " create table t.t (id bigint auto_increment primary key, v text)");
        for (int i = 0; i < 4; i++) {
            clients.add(new ProcessBuilder(
                            "sh",
                            "-c",
                            "yes \"insert into t.t(v) values (repeat('x', 3000));\" | exec mariadb -f -S " + socket)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        Await.until(Duration.ofSeconds(60), () -> "rows", () -> {
            String rows = Shell.attempt("mariadb", "-S", socket.toString(), "-Ne", "select count(*) from t.t")
                    .output();
            return rows.matches("[0-9]+") && Long.parseLong(rows) > 300;
        });
    }

    /** A client is a pipeline: its ends outlive the shell, and would insert for ever. */
    private void endClients() {
        for (Process client : clients) {
            client.descendants().forEach(ProcessHandle::destroyForcibly);
            client.destroyForcibly();
        }
        clients.clear();
    }

    private static double millis(long since) {
        return (System.nanoTime() - since) / 1e6;
    }

    private static void print(String what, List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        if (!sorted.isEmpty()) {
            System.out.printf(
                    "%s: n %d, p50 %.0f ms, p99 %.0f ms, max %.0f ms%n",
                    what,
                    sorted.size(),
                    sorted.get(sorted.size() / 2),
                    sorted.get(Math.min(sorted.size() - 1, (int) Math.ceil(sorted.size() * 0.99) - 1)),
                    sorted.getLast());
        }
    }
}
