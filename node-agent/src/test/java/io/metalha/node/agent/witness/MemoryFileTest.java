// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metalha.node.witness.WitnessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server remembers of the object, on its disk. */
class MemoryFileTest {
    private static final WitnessMemory MEMORY = new WitnessMemory("uid", Map.of(42L, 7L, -1L, 8L));

    @TempDir
    Path folder;

    @Test
    void readsWhatItWroteAndNothingWhereThereIsNone() throws IOException {
        MemoryFile file = new MemoryFile(folder.resolve("memory"));
        assertEquals(WitnessMemory.NOTHING, file.read());
        file.write(MEMORY);
        assertEquals(MEMORY, file.read());
    }

    @Test
    void isNotTakenForNoneWhenDamagedInAnyPart() throws IOException {
        Path path = folder.resolve("memory");
        MemoryFile file = new MemoryFile(path);
        file.write(MEMORY);
        String whole = Files.readString(path);
        for (int length = 0; length < whole.length() - 1; length++) {
            Files.writeString(path, whole.substring(0, length));
            assertThrows(IOException.class, file::read, "of " + length + " characters");
        }
    }
}
