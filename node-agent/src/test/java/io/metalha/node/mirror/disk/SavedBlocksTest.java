// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.Superblock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedBlocksTest {
    private static final int SIZE = 16 << 20;

    @TempDir
    Path dir;

    private Path save(Path device, long... blocks) throws IOException {
        BlockSet set = new BlockSet(SIZE);
        for (long block : blocks) {
            set.add(block);
        }
        try (BackingDevice backing = BackingDevice.open(device)) {
            return SavedBlocks.save(
                    dir.resolve("saved"), "db.data", "1", Superblock.blank(new UUID(1, 1), SIZE), set, backing);
        }
    }

    private Path device() throws IOException {
        byte[] content = new byte[SIZE];
        new Random(7).nextBytes(content);
        return Files.write(dir.resolve("device"), content);
    }

    @Test
    void putsTheBlocksBackWhereTheyWere() throws IOException {
        Path device = device();
        Path saved = save(device, 0, 5, 2047);
        byte[] expected = new byte[SIZE];
        for (int block : new int[] {0, 5, 2047}) {
            System.arraycopy(Files.readAllBytes(device), block * 4096, expected, block * 4096, 4096);
        }
        Path target = Files.write(dir.resolve("target"), new byte[SIZE]);
        assertEquals(3, SavedBlocks.writeBack(saved, target));
        assertArrayEquals(expected, Files.readAllBytes(target));
    }

    @Test
    void refusesWhatIsNotWholeAndWhatIsDamaged() throws IOException {
        Path saved = save(device(), 1, 2);
        Path target = Files.write(dir.resolve("target"), new byte[SIZE]);
        byte[] bytes = Files.readAllBytes(saved);
        Path cut = Files.write(dir.resolve("cut"), java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThrows(IOException.class, () -> SavedBlocks.writeBack(cut, target));
        bytes[bytes.length - 1] ^= 1;
        Path damaged = Files.write(dir.resolve("damaged"), bytes);
        assertTrue(assertThrows(IOException.class, () -> SavedBlocks.writeBack(damaged, target))
                .getMessage()
                .contains("damaged"));
        assertThrows(IOException.class, () -> SavedBlocks.writeBack(target, target));
        assertThrows(IOException.class, () -> SavedBlocks.writeBack(saved, dir.resolve("nobody")));
    }
}
