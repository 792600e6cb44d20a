// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.Signals;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Kills what runs in cgroups of the systemd hierarchy. Version 2 has {@code cgroup.kill}; in version 1 only the hierarchy
 * {@code name=systemd} knows the units, and processes are killed one by one until none is left.
 */
final class Cgroups {
    private final Path root;

    Cgroups(Path root) {
        this.root = root;
    }

    static Cgroups ofThisHost() {
        for (String root : List.of("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")) {
            if (Files.exists(Path.of(root, "cgroup.procs"))) {
                return new Cgroups(Path.of(root));
            }
        }
        return new Cgroups(Path.of("/sys/fs/cgroup"));
    }

    /** Refuses what must never be killed: the root, or a cgroup that this process lives in. */
    Path resolve(String cgroup) {
        Path path = root.resolve(cgroup.replaceFirst("^/+", "")).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw new IllegalArgumentException("not a cgroup to kill: '" + cgroup + "'");
        }
        if (processes(path).contains((int) ProcessHandle.current().pid())) {
            throw new IllegalArgumentException("the keeper itself runs in " + cgroup);
        }
        return path;
    }

    /**
     * Takes off the memory limits of services that are about to be killed: the cgroup's and those below it, not those of
     * slices, which outlive their services. Best effort.
     *
     * <p>Story, without: (1) a process writes a file on a mirror, its cgroup is at its limit; (2) the lease ends; (3) for its
     * next page it wants one of those written first that can be written nowhere any more. SIGKILL does not end that
     * search: it was seen to take 14 s (docs/decisions/0001-stopping-on-a-frozen-mirror.md).
     */
    void unlimit(Path cgroup) {
        Path memory = root.resolveSibling("memory");
        Path limited = Files.exists(memory) ? memory.resolve(root.relativize(cgroup)) : cgroup;
        if (!cgroup.getFileName().toString().endsWith(".slice")) {
            // Version 1's order: the limit with swap may not be the lower one.
            write(limited.resolve("memory.memsw.limit_in_bytes"), "-1");
            write(limited.resolve("memory.limit_in_bytes"), "-1");
            write(limited.resolve("memory.max"), "max");
            write(limited.resolve("memory.high"), "max");
        }
        try (DirectoryStream<Path> below = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
            below.forEach(this::unlimit);
        } catch (IOException | DirectoryIteratorException e) {
            // Gone, with what was below it.
        }
    }

    private static void write(Path file, String value) {
        try {
            Files.writeString(file, value, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            // Another version's file, or no such limit here: then killing is all there is.
        }
    }

    /** Sends SIGKILL to all that is there now; answers how many processes are or were left. */
    int kill(Path cgroup) {
        Path switchFile = cgroup.resolve("cgroup.kill");
        List<Integer> processes = processes(cgroup);
        if (Files.exists(switchFile)) {
            try {
                Files.writeString(switchFile, "1");
                return processes.size();
            } catch (IOException e) {
                // Fall through: one by one.
            }
        }
        for (int process : processes) {
            if (process > 1) {
                Signals.kill(process);
            }
        }
        return processes.size();
    }

    /**
     * Of the cgroup and all below it; empty when it is not there. Parts that go away while we look count as empty; the
     * rest is still looked at. A zombie is listed until its parent took it.
     */
    static List<Integer> processes(Path cgroup) {
        List<Integer> processes = new ArrayList<>();
        collect(cgroup, processes);
        return processes;
    }

    private static void collect(Path cgroup, List<Integer> processes) {
        try {
            for (String line : Files.readAllLines(cgroup.resolve("cgroup.procs"))) {
                int process = Integer.parseInt(line.strip());
                if (process > 0) {
                    processes.add(process);
                }
            }
        } catch (IOException e) {
            // Gone, with what was in it.
        }
        try (DirectoryStream<Path> below = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
            below.forEach(part -> collect(part, processes));
        } catch (IOException | DirectoryIteratorException e) {
            // Gone, with what was below it.
        }
    }
}
