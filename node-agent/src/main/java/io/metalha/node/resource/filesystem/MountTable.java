// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** /proc/self/mountinfo (proc_pid_mountinfo(5)), in the order of mounting. */
record MountTable(List<Entry> entries) {
    private static final Path OWN = Path.of("/proc/self/mountinfo");

    /** @param readOnly the file system itself, which is how the kernel shows that it stopped writing after an error */
    record Entry(String device, Path mountPoint, String type, String source, boolean readOnly) {}

    static MountTable read() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line : Files.readAllLines(OWN)) {
            String[] fields = line.split(" ");
            int dash = List.of(fields).indexOf("-");
            if (dash > 4 && fields.length > dash + 3) {
                boolean readOnly = List.of(fields[dash + 3].split(",")).contains("ro");
                entries.add(new Entry(
                        fields[2], Path.of(plain(fields[4])), fields[dash + 1], plain(fields[dash + 2]), readOnly));
            }
        }
        return new MountTable(entries);
    }

    /** What one sees at the mount point: the latest mount on it. */
    Optional<Entry> at(Path mountPoint) {
        return entries.stream()
                .filter(entry -> entry.mountPoint().equals(mountPoint))
                .reduce((_, later) -> later);
    }

    /** Mounts inside, deepest first. */
    List<Entry> below(Path mountPoint) {
        return entries.stream()
                .filter(entry -> entry.mountPoint().startsWith(mountPoint)
                        && !entry.mountPoint().equals(mountPoint))
                .sorted(Comparator.comparingInt(
                                (Entry entry) -> entry.mountPoint().getNameCount())
                        .reversed())
                .toList();
    }

    Optional<Entry> ofDevice(String device) {
        return entries.stream().filter(entry -> entry.device().equals(device)).findFirst();
    }

    /** {@code major:minor} of a block device, as mountinfo shows it. */
    static String deviceNumber(Path device) throws IOException {
        long number = (long) Files.getAttribute(device, "unix:rdev");
        long major = number >>> 8 & 0xfff | number >>> 32 & ~0xfffL;
        long minor = number & 0xff | number >>> 12 & ~0xffL;
        return major + ":" + (minor & 0xffffffffL);
    }

    /** Undoes the kernel's octal escapes of space, tab, newline and backslash. */
    private static String plain(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
