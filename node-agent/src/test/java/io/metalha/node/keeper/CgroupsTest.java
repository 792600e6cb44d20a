// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On folders that look like the two versions' hierarchies. */
class CgroupsTest {
    @TempDir
    Path directory;

    @Test
    void takesTheMemoryLimitOffServicesAndNotOffTheirSlice() throws Exception {
        Path slice = Files.createDirectories(directory.resolve("systemd/group.slice"));
        Files.createDirectories(slice.resolve("db.service"));
        Path memory = Files.createDirectories(directory.resolve("memory/group.slice/db.service"));
        Path ofSlice = Files.writeString(memory.resolveSibling("memory.limit_in_bytes"), "300000000");
        Path ofService = Files.writeString(memory.resolve("memory.limit_in_bytes"), "190000000");
        new Cgroups(directory.resolve("systemd")).unlimit(slice);
        assertEquals("-1", Files.readString(ofService));
        assertEquals("300000000", Files.readString(ofSlice));
    }

    @Test
    void takesBothLimitsOffInVersion2AndMakesNoFile() throws Exception {
        Path service = Files.createDirectories(directory.resolve("cgroup/db.service"));
        Path max = Files.writeString(service.resolve("memory.max"), "190000000");
        Path high = Files.writeString(service.resolve("memory.high"), "180000000");
        new Cgroups(directory.resolve("cgroup")).unlimit(service);
        assertEquals("max", Files.readString(max));
        assertEquals("max", Files.readString(high));
        assertFalse(Files.exists(service.resolve("memory.limit_in_bytes")));
    }
}
