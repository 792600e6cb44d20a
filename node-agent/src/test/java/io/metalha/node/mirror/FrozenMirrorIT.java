// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.linux.KernelException;
import io.metalha.node.linux.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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
@Timeout(3 * 60 * 60)
class FrozenMirrorIT {
    private static final int ROUNDS = Integer.getInteger("metalha.rounds", 4);
    /** Founding and the database's making, and then each round: what is slower fails, so that any number of rounds ends. */
    private static final Duration SETUP_MAX = Duration.ofMinutes(3);

    private static final Duration ROUND_MAX = Duration.ofSeconds(120);
    /** At the memory limit reclaim took 17 s at most alone, and more than 30 when both cores of the machine were busy. */
    private static final Duration DIED_MAX = Duration.ofSeconds(90);

    private static final int ROUNDS_TO_ESTIMATE = 2;
    private static final Path MEMORY = Path.of("/sys/fs/cgroup/memory/metalha-frozen-mirror-test-" + UUID.randomUUID());
    private static final long LIMIT_BYTES = 190_000_000;
    /** The kernel charges in batches of pages: it refuses a batch below the limit. */
    private static final long AT_LIMIT_BYTES = LIMIT_BYTES - (1 << 20);

    /** Whether the limit is taken off before the kill, as the keeper does; false shows what happens without. */
    private static final boolean LIFTED = !Boolean.getBoolean("metalha.keepLimit");

    @TempDir
    Path dir;

    private final List<Process> clients = new ArrayList<>();

    /** Milliseconds from the lease's end. */
    private record Round(boolean atLimit, double demoted, double died, double unmounted) {}

    @Test
    void nothingIsLeftSoonAfterTheLeaseEnded() throws Exception {
        assumeTrue(Shell.attempt("which", "mariadbd").status() == 0, "mariadbd is not installed");
        assumeTrue(Files.isWritable(MEMORY.getParent()), "no cgroup v1 memory controller");
        Path mount = Files.createDirectories(dir.resolve("mnt"));
        Path socket = dir.resolve("db.sock");
        Files.createDirectories(MEMORY);
        List<Round> rounds = new ArrayList<>();
        try (var pair = new MirrorPair(dir, 400 << 20).founded()) {
            String device = pair.a.device().toRealPath().toString();
            Shell.run("mkfs.ext4", "-q", device);
            Shell.run("mount", device, mount.toString());
            Shell.run("mariadb-install-db", "--user=root", "--datadir=" + mount + "/db", "--skip-test-db");
            long begin = System.nanoTime();
            Duration bound = SETUP_MAX.plus(ROUND_MAX.multipliedBy(ROUNDS));
            while (rounds.size() < ROUNDS) {
                boolean atLimit = rounds.size() % 2 == 1;
                limit(atLimit);
                Process server = start(mount, socket);
                load(socket);
                if (atLimit) {
                    fill(server, mount);
                }
                rounds.add(stop(pair.a, mount, device, atLimit));
                System.out.println(rounds.getLast());
                endClients();
                pair.promoted(pair.a);
                device = pair.a.device().toRealPath().toString();
                Shell.run("mount", device, mount.toString());
                Duration taken = Duration.ofNanos(System.nanoTime() - begin);
                if (rounds.size() == ROUNDS_TO_ESTIMATE) {
                    System.out.printf(
                            "%d rounds will take about %d s, and fail after %d s%n",
                            ROUNDS,
                            taken.dividedBy(ROUNDS_TO_ESTIMATE)
                                    .multipliedBy(ROUNDS)
                                    .toSeconds(),
                            bound.toSeconds());
                }
                assertTrue(taken.compareTo(bound) < 0, () -> rounds.size() + " of " + ROUNDS + " rounds in " + taken);
            }
            Shell.run("umount", mount.toString());
            pair.synced(pair.a, pair.b);
            assertTrue(pair.a.demote(false).getBoolean("ok"), pair.a::log);
            pair.assertEqualCopies();
        } finally {
            endClients();
            Await.until(Duration.ofSeconds(10), () -> "processes left", FrozenMirrorIT::killed);
            Shell.attempt("umount", mount.toString());
            LockSupport.parkNanos(100_000_000L);
            Shell.attempt("rmdir", MEMORY.toString());
            report("all", rounds);
            report("at the memory limit", rounds.stream().filter(Round::atLimit).toList());
        }
    }

    /** The lease ends; nothing may be left: no process of the cgroup, no mount, no journal, no device. */
    private Round stop(MirrorNode node, Path mount, String device, boolean atLimit) throws Exception {
        if (atLimit) {
            assertTrue(number("memory.failcnt") > 0 && number("memory.max_usage_in_bytes") >= AT_LIMIT_BYTES);
        }
        String name = Path.of(device).getFileName().toString();
        List<String> threads = Files.readAllLines(MEMORY.resolve("tasks"));
        long lost = System.nanoTime();
        node.loseLease();
        if (LIFTED) {
            Files.writeString(MEMORY.resolve("memory.limit_in_bytes"), "-1");
        }
        killed();
        assertTrue(node.demote(true).getBoolean("ok"), node::log);
        double demoted = millis(lost);
        Await.until(DIED_MAX, () -> "processes left: " + states(threads), FrozenMirrorIT::killed);
        double died = millis(lost);
        Await.until(Duration.ofSeconds(10), () -> "still mounted", () -> unmount(mount));
        double unmounted = millis(lost);
        assertEquals(List.of(), states(threads));
        assertFalse(Files.exists(Path.of("/proc/fs/jbd2/" + name + "-8")), "the journal's thread is left");
        Path backing = Path.of("/sys/block/" + name + "/loop/backing_file");
        Await.until(Duration.ofSeconds(10), () -> "device left", () -> !Files.exists(backing));
        return new Round(atLimit, demoted, died, unmounted);
    }

    private static void limit(boolean on) throws IOException {
        Files.writeString(MEMORY.resolve("memory.limit_in_bytes"), on ? Long.toString(LIMIT_BYTES) : "-1");
        Files.writeString(MEMORY.resolve("memory.failcnt"), "0");
        Files.writeString(MEMORY.resolve("memory.max_usage_in_bytes"), "0");
    }

    private static long number(String file) {
        try {
            return Long.parseLong(Files.readString(MEMORY.resolve(file)).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The threads of these that are still there, with their state: D for one that nothing can end. */
    private static List<String> states(List<String> threads) {
        List<String> states = new ArrayList<>();
        for (String thread : threads) {
            try {
                String stat = Files.readString(Path.of("/proc", thread, "stat"));
                char state = stat.charAt(stat.lastIndexOf(')') + 2);
                if (state != 'Z' && state != 'X') {
                    states.add(thread + " " + state);
                }
            } catch (IOException e) {
                // Gone, as it should be.
            }
        }
        return states;
    }

    /** As the keeper does it, again until nothing is left; no program is started within the measured time. */
    private static boolean killed() {
        try {
            List<String> left = Files.readAllLines(MEMORY.resolve("cgroup.procs"));
            left.forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
            return left.isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean unmount(Path mount) {
        try {
            Mounts.unmount(mount, 0);
            return true;
        } catch (KernelException e) {
            return false;
        }
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

    /**
     * To the memory limit. The database alone stays below 110 MB, however much is inserted: it writes past the page cache. A
     * copy made beside it, as a backup makes one, fills the page cache with dirty pages; at the limit every page needs one
     * of them written first, to the mirror.
     */
    private void fill(Process server, Path mount) throws IOException {
        clients.add(new ProcessBuilder(
                        "sh",
                        "-c",
                        "echo $$ > " + MEMORY + "/cgroup.procs; while :; do dd if=/dev/zero of=" + mount
                                + "/copy bs=1M count=120 conv=notrunc; done")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        Await.until(
                Duration.ofSeconds(60),
                () -> "at most " + number("memory.max_usage_in_bytes") + " bytes in use, server "
                        + (server.isAlive() ? "alive" : "dead"),
                () -> number("memory.failcnt") > 0 && number("memory.max_usage_in_bytes") >= AT_LIMIT_BYTES);
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

    private static void report(String which, List<Round> rounds) {
        print(
                which + ", lease end to demoted",
                rounds.stream().map(Round::demoted).toList());
        print(
                which + ", lease end to last process gone",
                rounds.stream().map(Round::died).toList());
        print(
                which + ", lease end to unmounted",
                rounds.stream().map(Round::unmounted).toList());
    }

    private static void print(String what, List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        if (!sorted.isEmpty()) {
            System.out.printf(
                    "%s: n %d, p50 %.0f ms, p90 %.0f ms, p99 %.0f ms, max %.0f ms, over 300 ms: %d%n",
                    what,
                    sorted.size(),
                    percentile(sorted, 50),
                    percentile(sorted, 90),
                    percentile(sorted, 99),
                    sorted.getLast(),
                    sorted.stream().filter(value -> value > 300).count());
        }
    }

    /** The smallest value that so many per cent of all do not exceed. */
    private static double percentile(List<Double> sorted, int percent) {
        return sorted.get(Math.ceilDiv(sorted.size() * percent, 100) - 1);
    }
}
