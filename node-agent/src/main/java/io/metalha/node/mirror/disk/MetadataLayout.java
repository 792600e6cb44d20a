// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import io.metalha.node.mirror.state.BlockSet;

/**
 * Where things are on a backing device of {@code deviceBytes}. Metadata stands at the end, so that data begins at 0:
 *
 * <pre>
 *   end      = deviceBytes rounded down to 4096
 *   bitmap   = one bit a 4096-byte block of the whole device: end / 4096 / 8 bytes, rounded up to 4096
 *   0                            data, usable = end - 65536 - bitmap
 *   usable                       dirty bitmap
 *   end - 65536                  reserved
 *   end - 16384, end - 12288     activity log, two slots
 *   end -  8192, end -  4096     superblock, two slots
 * </pre>
 *
 * 1 TiB needs 32 MiB of bitmap; 512 MiB need 16 KiB.
 */
public record MetadataLayout(long deviceBytes) {
    static final int PAGE = 4096;
    static final long TAIL = 65536;
    private static final long SMALLEST = 1 << 20;

    public MetadataLayout {
        if (deviceBytes < SMALLEST) {
            throw new IllegalArgumentException("a backing device needs at least 1 MiB, not " + deviceBytes + " bytes");
        }
    }

    long end() {
        return deviceBytes / PAGE * PAGE;
    }

    long bitmapBytes() {
        long bytes = (end() / BlockSet.BLOCK_BYTES + 7) / 8;
        return (bytes + PAGE - 1) / PAGE * PAGE;
    }

    /** The most that can be given to the application. */
    public long usableBytes() {
        return end() - TAIL - bitmapBytes();
    }

    long bitmapOffset() {
        return usableBytes();
    }

    long activityLogOffset(int slot) {
        return end() - 16384 + (long) slot * PAGE;
    }

    long superblockOffset(int slot) {
        return end() - 8192 + (long) slot * PAGE;
    }
}
