// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LazyMemoryTest {
    private static final int BYTES = 256 << 20;

    @Test
    void takesWhatIsTouchedAndGivesItBack() throws IOException {
        Arena arena = Arena.ofShared();
        long before = residentBytes();
        ByteBuffer buffer = LazyMemory.buffer(BYTES, arena);
        assertTrue(residentBytes() - before < BYTES / 2, "nothing was touched yet");
        assertEquals(0, buffer.get(BYTES - 1));
        buffer.putInt(0, 7);
        assertEquals(7, buffer.getInt(0));
        arena.close();
        assertThrows(IllegalStateException.class, () -> buffer.get(0), "it is gone");
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
