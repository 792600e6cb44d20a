// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import io.metalha.node.core.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The slice in which a group's units run, as systemd names it and as the kernel shows it, on cgroup v2, on v1 and on the
 * mix of both. What the keeper freezes and kills when the lease ends.
 */
public record GroupSlice(GroupId group) {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    /** {@code metalha-iptv\x2ddb.slice}: a dash in a slice's name means a parent, so the group's own are escaped. */
    public String unitName() {
        return "metalha-" + group.name().replace("-", "\\x2d") + ".slice";
    }

    /** Relative to the systemd hierarchy, as the keeper's stop list wants it. */
    public String cgroupPath() {
        return "metalha.slice/" + unitName();
    }

    /** Where the systemd hierarchy is mounted: v2 alone, v2 beside v1, or v1's name=systemd. */
    public static Path hierarchy() {
        if (Files.exists(ROOT.resolve("cgroup.controllers"))) {
            return ROOT;
        }
        Path unified = ROOT.resolve("unified");
        // In a container with v1, unified may be mounted and unused; systemd's own processes tell.
        return hasProcesses(unified) && !hasProcesses(ROOT.resolve("systemd")) ? unified : ROOT.resolve("systemd");
    }

    public static boolean exists(String cgroupPath) {
        return Files.exists(hierarchy().resolve(relative(cgroupPath)));
    }

    /** Every process below the path, which is relative to the hierarchy; empty when there is no such cgroup. */
    public static List<Long> processes(String cgroupPath) {
        List<Long> pids = new ArrayList<>();
        Path folder = hierarchy().resolve(relative(cgroupPath));
        try (Stream<Path> folders = Files.walk(folder)) {
            for (Path each : folders.filter(Files::isDirectory).toList()) {
                for (String pid : Files.readAllLines(each.resolve("cgroup.procs"))) {
                    pids.add(Long.parseLong(pid));
                }
            }
        } catch (IOException | UncheckedIOException _) {
            // A cgroup that goes while it is read has no processes.
        }
        return pids;
    }

    /** SIGKILL to all, atomically where the kernel can (v2's cgroup.kill). Returns at once; see {@link #processes}. */
    public static void kill(String cgroupPath) {
        Path all = hierarchy().resolve(relative(cgroupPath)).resolve("cgroup.kill");
        if (Files.exists(all)) {
            try {
                Files.writeString(all, "1");
                return;
            } catch (IOException _) {
                // One by one then.
            }
        }
        processes(cgroupPath).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private static String relative(String cgroupPath) {
        return cgroupPath.startsWith("/") ? cgroupPath.substring(1) : cgroupPath;
    }

    private static boolean hasProcesses(Path hierarchy) {
        try (Stream<Path> below = Files.list(hierarchy)) {
            return below.anyMatch(path -> path.getFileName().toString().endsWith(".slice"));
        } catch (IOException _) {
            return false;
        }
    }
}
