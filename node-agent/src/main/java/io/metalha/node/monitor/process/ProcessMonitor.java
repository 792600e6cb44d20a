// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.process;

import io.metalha.node.monitor.Monitor;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** At least so many processes of an executable exist, by its path (/proc/PID/exe) or its name (comm). Zombies do not count. */
public final class ProcessMonitor implements Monitor {
    private static final Path PROC = Path.of("/proc");

    /** comm holds this many bytes of a name. */
    private static final int COMM_BYTES = 15;

    private final String executable;
    private final int atLeast;

    public ProcessMonitor(String executable, int atLeast) {
        this.executable = executable;
        this.atLeast = atLeast;
    }

    @Override
    public Probe check(Duration timeout) {
        int found = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (matches(process)) {
                    found++;
                }
            }
        } catch (IOException e) {
            return new Probe.Unknown("/proc cannot be read: " + e.getMessage());
        }
        return found >= atLeast
                ? new Probe.Running()
                : new Probe.Failed(
                        "there are " + found + " processes of " + executable + ", not " + atLeast + " or more");
    }

    private boolean matches(Path process) {
        try {
            if (executable.startsWith("/")) {
                // After a package upgrade the running file is a deleted one; the process is still that program.
                String program = Files.readSymbolicLink(process.resolve("exe")).toString();
                return program.equals(executable) || program.equals(executable + " (deleted)");
            }
            String name = executable.length() > COMM_BYTES ? executable.substring(0, COMM_BYTES) : executable;
            return Files.readString(process.resolve("comm")).strip().equals(name) && !isZombie(process);
        } catch (IOException _) {
            // It ended, or is a kernel thread that has no executable.
            return false;
        }
    }

    private static boolean isZombie(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    }
}
