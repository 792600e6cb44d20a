// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.DirectFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small value that is replaced whole, twice on disk: a write that a crash tears leaves the other slot.
 *
 * <pre>
 *   slot (4096 bytes, at 0 and at 4096): magic (8)  serial (8)  length (4)  CRC-32C over the rest and these 20 (4)  value
 * </pre>
 *
 * <p>{@link #write} is durable when it returns; {@link #settle} then brings the other slot up to date. So between writes
 * both slots hold the newest value, and a sector that goes bad loses nothing (with alternating slots it would silently
 * bring back an older vote).
 */
final class TwoSlotFile implements AutoCloseable {
    static final int VALUE_BYTES_MAX = DirectFile.BLOCK_BYTES - 24;
    private static final long MAGIC = 0x4d48534c4f543031L; // "MHSLOT01"

    private final DirectFile file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment block = DirectFile.buffer(arena, DirectFile.BLOCK_BYTES);
    private long serial;
    private int freshSlot;

    TwoSlotFile(Path path) throws IOException {
        file = new DirectFile(path);
    }

    /** What was found. */
    sealed interface Content {
        record Value(byte[] bytes) implements Content {}

        /** Never completely written. */
        record Nothing() implements Content {}

        /** Something is there, and no slot of it is whole. */
        record Damaged() implements Content {}
    }

    Content read() throws IOException {
        byte[] best = null;
        boolean anything = false;
        for (int slot = 0; slot < 2; slot++) {
            block.fill((byte) 0);
            int got = file.read(block, (long) slot * DirectFile.BLOCK_BYTES);
            anything |= got > 0;
            byte[] value = value(slot);
            best = value == null ? best : value;
        }
        if (best != null) {
            return new Content.Value(best);
        }
        return anything ? new Content.Damaged() : new Content.Nothing();
    }

    private byte @Nullable [] value(int slot) {
        ByteBuffer bytes = ByteBuffer.wrap(block.toArray(ValueLayout.JAVA_BYTE));
        long magic = bytes.getLong();
        long found = bytes.getLong();
        int length = bytes.getInt();
        int checksum = bytes.getInt();
        if (magic != MAGIC || length < 0 || length > VALUE_BYTES_MAX || checksum != checksum(bytes, length)) {
            return null;
        }
        if (found <= serial) {
            return null;
        }
        serial = found;
        freshSlot = slot;
        byte[] value = new byte[length];
        bytes.get(24, value);
        return value;
    }

    /** Returns when the value is on the disk. */
    void write(byte[] value) throws IOException {
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(value.length + " bytes do not fit a slot");
        }
        ByteBuffer bytes = ByteBuffer.allocate(DirectFile.BLOCK_BYTES);
        bytes.putLong(MAGIC).putLong(serial + 1).putInt(value.length).putInt(0).put(value);
        bytes.putInt(20, checksum(bytes, value.length));
        MemorySegment.copy(bytes.array(), 0, block, ValueLayout.JAVA_BYTE, 0, DirectFile.BLOCK_BYTES);
        int slot = 1 - freshSlot;
        file.write(block, (long) slot * DirectFile.BLOCK_BYTES);
        serial++;
        freshSlot = slot;
    }

    /** Writes the same into the other slot. */
    void settle() throws IOException {
        file.write(block, (long) (1 - freshSlot) * DirectFile.BLOCK_BYTES);
    }

    private static int checksum(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, 20);
        crc.update(bytes.array(), 24, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
        arena.close();
    }
}
