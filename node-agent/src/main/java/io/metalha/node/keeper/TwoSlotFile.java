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
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * A small value that is replaced whole, twice on disk: a write that a crash tears leaves the other slot.
 *
 * <pre>
 *   slot (4096 bytes, at 0 and at 4096): magic (8)  serial (8)  length (4)  CRC-32C over the rest and these 20 (4)  value
 * </pre>
 *
 * <p>{@link #write} is durable when it returns; {@link #settle} then brings the other slot up to date. So between writes
 * both slots hold the newest value, and a sector that goes bad loses nothing (with alternating slots it would silently
 * bring back an older vote). A crash between the two leaves them apart; so whoever reads settles, or later, when the newer slot
 * goes bad, the older vote would be back. A slot with another file's value, which a disk put there by mistake, counts as bad.
 */
final class TwoSlotFile implements AutoCloseable {
    static final int VALUE_BYTES_MAX = DirectFile.BLOCK_BYTES - 24;
    private static final long MAGIC = 0x4d48534c4f543031L; // "MHSLOT01"

    private final DirectFile file;
    private final Predicate<byte[]> ours;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment block = DirectFile.buffer(arena, DirectFile.BLOCK_BYTES);
    private long serial;
    private int freshSlot;
    private byte[] newest = new byte[0];
    private boolean apart;

    /** @param ours whether a value is one of this file */
    TwoSlotFile(Path path, Predicate<byte[]> ours) throws IOException {
        file = new DirectFile(path);
        this.ours = ours;
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
        boolean firstIsBlank = true;
        for (int slot = 0; slot < 2; slot++) {
            block.fill((byte) 0);
            file.read(block, (long) slot * DirectFile.BLOCK_BYTES);
            byte[] bytes = block.toArray(ValueLayout.JAVA_BYTE);
            firstIsBlank &= slot > 0 || Arrays.equals(bytes, new byte[bytes.length]);
            take(slot, ByteBuffer.wrap(bytes));
        }
        if (serial > 0) {
            return new Content.Value(newest);
        }
        // The first write goes to the second slot, and nothing was told before it was whole.
        return firstIsBlank ? new Content.Nothing() : new Content.Damaged();
    }

    /** Whether the other slot does not hold the value that was read; {@link #settle} then. */
    boolean isApart() {
        return apart;
    }

    private void take(int slot, ByteBuffer bytes) {
        long magic = bytes.getLong();
        long found = bytes.getLong();
        int length = bytes.getInt();
        int checksum = bytes.getInt();
        if (magic != MAGIC || length < 0 || length > VALUE_BYTES_MAX || checksum != checksum(bytes, length)) {
            apart = serial > 0;
            return;
        }
        byte[] value = new byte[length];
        bytes.get(24, value);
        if (!ours.test(value)) {
            apart = serial > 0;
            return;
        }
        apart = found != serial;
        if (found > serial) {
            serial = found;
            freshSlot = slot;
            newest = value;
        }
    }

    /** Returns when the value is on the disk. */
    void write(byte[] value) throws IOException {
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(value.length + " bytes do not fit a slot");
        }
        int slot = 1 - freshSlot;
        put(slot, serial + 1, value);
        serial++;
        freshSlot = slot;
        newest = value.clone();
    }

    /** Writes the same into the other slot. */
    void settle() throws IOException {
        put(1 - freshSlot, serial, newest);
        apart = false;
    }

    private void put(int slot, long withSerial, byte[] value) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(DirectFile.BLOCK_BYTES);
        bytes.putLong(MAGIC).putLong(withSerial).putInt(value.length).putInt(0).put(value);
        bytes.putInt(20, checksum(bytes, value.length));
        MemorySegment.copy(bytes.array(), 0, block, ValueLayout.JAVA_BYTE, 0, DirectFile.BLOCK_BYTES);
        file.write(block, (long) slot * DirectFile.BLOCK_BYTES);
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
