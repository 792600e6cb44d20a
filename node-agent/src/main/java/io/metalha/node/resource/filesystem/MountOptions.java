// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Options as mount(8) takes them, split into mount(2)'s flags and the file system's own words. */
record MountOptions(long flags, String data) {
    private static final long READ_ONLY = 1;
    private static final Map<String, Long> FLAGS = Map.ofEntries(
            Map.entry("ro", READ_ONLY),
            Map.entry("nosuid", 2L),
            Map.entry("nodev", 4L),
            Map.entry("noexec", 8L),
            Map.entry("sync", 16L),
            Map.entry("dirsync", 128L),
            Map.entry("noatime", 1024L),
            Map.entry("nodiratime", 2048L),
            Map.entry("relatime", 1L << 21),
            Map.entry("strictatime", 1L << 24),
            Map.entry("lazytime", 1L << 25));
    private static final List<String> DEFAULTS = List.of("defaults", "rw", "suid", "dev", "exec", "async", "auto");

    static MountOptions of(List<String> options) {
        long flags = 0;
        List<String> own = new ArrayList<>();
        for (String option : options) {
            if (FLAGS.containsKey(option)) {
                flags |= FLAGS.getOrDefault(option, 0L);
            } else if (!DEFAULTS.contains(option)) {
                own.add(option);
            }
        }
        return new MountOptions(flags, String.join(",", own));
    }

    boolean readOnly() {
        return (flags & READ_ONLY) != 0;
    }
}
