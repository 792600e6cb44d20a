// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.util.Arrays;

/**
 * A set of blocks of {@value #BLOCK_BYTES} bytes, grouped by extents of {@value #EXTENT_BYTES} bytes (1024 blocks, 16
 * longs). Only extents that hold a member take memory beyond their pointer, and only they cost time to walk or clear.
 * Not safe for use by several threads.
 */
public final class BlockSet {
    public static final int BLOCK_BYTES = 4096;
    public static final int EXTENT_BYTES = 4 << 20;
    public static final int EXTENT_BLOCKS = EXTENT_BYTES / BLOCK_BYTES;
    public static final int EXTENT_LONGS = EXTENT_BLOCKS / Long.SIZE;

    private final long blocks;
    private final long[][] extents;
    private long count;

    public BlockSet(long sizeBytes) {
        blocks = (sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
        extents = new long[Math.toIntExact((blocks + EXTENT_BLOCKS - 1) / EXTENT_BLOCKS)][];
    }

    /** How many extents a device of this size has. */
    public static int extentsOf(long sizeBytes) {
        return Math.toIntExact((sizeBytes + EXTENT_BYTES - 1) / EXTENT_BYTES);
    }

    public int extents() {
        return extents.length;
    }

    /** Members, in blocks. */
    public long count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public long bytes() {
        return count * BLOCK_BYTES;
    }

    public boolean contains(long block) {
        long[] words = extents[(int) (block / EXTENT_BLOCKS)];
        int bit = (int) (block % EXTENT_BLOCKS);
        return words != null && (words[bit >>> 6] & 1L << bit) != 0;
    }

    /** Adds every block that the byte range touches. */
    public void addRange(long offset, long length) {
        if (length <= 0) {
            return;
        }
        long last = Math.min(blocks - 1, (offset + length - 1) / BLOCK_BYTES);
        for (long block = offset / BLOCK_BYTES; block <= last; block++) {
            add(block);
        }
    }

    public void add(long block) {
        int extent = (int) (block / EXTENT_BLOCKS);
        long[] words = extents[extent];
        if (words == null) {
            words = new long[EXTENT_LONGS];
            extents[extent] = words;
        }
        int bit = (int) (block % EXTENT_BLOCKS);
        if ((words[bit >>> 6] & 1L << bit) == 0) {
            words[bit >>> 6] |= 1L << bit;
            count++;
        }
    }

    public void remove(long block) {
        long[] words = extents[(int) (block / EXTENT_BLOCKS)];
        int bit = (int) (block % EXTENT_BLOCKS);
        if (words != null && (words[bit >>> 6] & 1L << bit) != 0) {
            words[bit >>> 6] &= ~(1L << bit);
            count--;
        }
    }

    public void addExtent(int extent) {
        addRange((long) extent * EXTENT_BYTES, EXTENT_BYTES);
    }

    public void addAllBlocks() {
        addRange(0, blocks * BLOCK_BYTES);
    }

    public void addAll(BlockSet other) {
        for (int extent = 0; extent < Math.min(extents.length, other.extents.length); extent++) {
            if (other.extents[extent] != null) {
                orExtent(extent, other.extents[extent]);
            }
        }
    }

    /** Adds the members that the {@value #EXTENT_LONGS} words name; bits beyond the device's end are dropped. */
    public void orExtent(int extent, long[] words) {
        for (int bit = 0; bit < EXTENT_BLOCKS; bit++) {
            long block = (long) extent * EXTENT_BLOCKS + bit;
            if ((words[bit >>> 6] & 1L << bit) != 0 && block < blocks) {
                add(block);
            }
        }
    }

    /** The words of an extent, all zero where nothing is in it. */
    public long[] extent(int extent) {
        long[] words = extents[extent];
        return words == null ? new long[EXTENT_LONGS] : words.clone();
    }

    public boolean touchesExtent(int extent) {
        long[] words = extents[extent];
        if (words == null) {
            return false;
        }
        for (long word : words) {
            if (word != 0) {
                return true;
            }
        }
        return false;
    }

    /** The first member at or after {@code block}, or -1. */
    public long next(long block) {
        for (long at = block; at < blocks; ) {
            long[] words = extents[(int) (at / EXTENT_BLOCKS)];
            if (words == null) {
                at = (at / EXTENT_BLOCKS + 1) * EXTENT_BLOCKS;
                continue;
            }
            int bit = (int) (at % EXTENT_BLOCKS);
            long rest = words[bit >>> 6] >>> bit;
            if (rest != 0) {
                return at + Long.numberOfTrailingZeros(rest);
            }
            at = (at / Long.SIZE + 1) * Long.SIZE;
        }
        return -1;
    }

    public void clear() {
        Arrays.fill(extents, null);
        count = 0;
    }

    public BlockSet copy() {
        BlockSet copy = new BlockSet(blocks * BLOCK_BYTES);
        copy.addAll(this);
        return copy;
    }
}
