// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The processes that sit in a mount: working directory, root, program, open files, mapped files. Reads links only and
 * never follows them: a stat on a frozen file system would wait with it.
 */
final class MountUsers {
    private static final Path PROC = Path.of("/proc");
    private static final int NAMED_MAX = 5;

    private MountUsers() {}

    /** @param how in a person's words */
    record User(long pid, String command, String how) {
        String text() {
            return command + " (pid " + pid + ", " + how + ")";
        }
    }

    static List<User> of(Path mountPoint) {
        List<User> users = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                use(process, mountPoint)
                        .ifPresent(how -> users.add(
                                new User(Long.parseLong(process.getFileName().toString()), command(process), how)));
            }
        } catch (IOException _) {
            // Without /proc nobody can be named; unmounting says itself whether it is busy.
        }
        return users;
    }

    static String text(List<User> users) {
        String named = users.stream().limit(NAMED_MAX).map(User::text).collect(Collectors.joining(", "));
        return users.size() > NAMED_MAX ? named + " and " + (users.size() - NAMED_MAX) + " more" : named;
    }

    private static Optional<String> use(Path process, Path mountPoint) {
        if (inside(process.resolve("cwd"), mountPoint)) {
            return Optional.of("working directory");
        }
        if (inside(process.resolve("root"), mountPoint)) {
            return Optional.of("root directory");
        }
        if (inside(process.resolve("exe"), mountPoint)) {
            return Optional.of("program file");
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : open) {
                if (inside(descriptor, mountPoint)) {
                    return Optional.of("open file");
                }
            }
        } catch (IOException _) {
            // The process has ended meanwhile.
        }
        return mapped(process, mountPoint) ? Optional.of("mapped file") : Optional.empty();
    }

    private static boolean mapped(Path process, Path mountPoint) {
        try {
            String marker = " " + mountPoint + "/";
            return Files.readString(process.resolve("maps")).contains(marker);
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean inside(Path link, Path mountPoint) {
        try {
            return Files.readSymbolicLink(link).startsWith(mountPoint);
        } catch (IOException _) {
            return false;
        }
    }

    private static String command(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException _) {
            return "a process";
        }
    }
}
