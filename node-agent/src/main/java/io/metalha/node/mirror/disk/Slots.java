// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntToLongFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A 4096-byte value in two places, written in turn, so that a torn write leaves the former value.
 *
 * <pre>
 *   0 magic  8 format (1)  12 zero  16 sequence  24..4091 value  4092 CRC32C of bytes 0..4091     (big-endian)
 * </pre>
 *
 * The newest slot whose magic, format and checksum are right counts.
 */
final class Slots {
    static final int VALUE_OFFSET = 24;
    static final int VALUE_BYTES = MetadataLayout.PAGE - VALUE_OFFSET - Integer.BYTES;
    private static final int FORMAT = 1;

    private final BackingDevice device;
    private final long magic;
    private final IntToLongFunction offset;
    private final ByteBuffer page = ByteBuffer.allocateDirect(MetadataLayout.PAGE);
    private long sequence;

    Slots(BackingDevice device, long magic, IntToLongFunction offset) {
        this.device = device;
        this.magic = magic;
        this.offset = offset;
    }

    /** The newest value, positioned at its first byte; null where neither slot holds one. */
    @Nullable
    ByteBuffer read() throws IOException {
        ByteBuffer newest = null;
        for (int slot = 0; slot < 2; slot++) {
            ByteBuffer read = ByteBuffer.allocate(MetadataLayout.PAGE);
            device.readMetadata(read, offset.applyAsLong(slot));
            read.flip();
            boolean valid = read.getLong(0) == magic
                    && read.getInt(8) == FORMAT
                    && read.getInt(MetadataLayout.PAGE - 4) == checksum(read);
            if (valid && read.getLong(16) > sequence) {
                sequence = read.getLong(16);
                newest = read;
            }
        }
        return newest == null ? null : newest.position(VALUE_OFFSET);
    }

    /** A zeroed buffer for the next value; at most {@link #VALUE_BYTES} may be put. */
    ByteBuffer next() {
        page.clear();
        while (page.remaining() >= Long.BYTES) {
            page.putLong(0);
        }
        return page.position(VALUE_OFFSET).limit(VALUE_OFFSET + VALUE_BYTES);
    }

    /** Durable when it returns. */
    void write() throws IOException {
        sequence++;
        page.clear();
        page.putLong(0, magic).putInt(8, FORMAT).putLong(16, sequence);
        page.putInt(MetadataLayout.PAGE - 4, checksum(page));
        device.writeMetadata(page.clear(), offset.applyAsLong((int) (sequence & 1)));
    }

    private static int checksum(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().position(0).limit(MetadataLayout.PAGE - 4));
        return (int) crc.getValue();
    }
}
