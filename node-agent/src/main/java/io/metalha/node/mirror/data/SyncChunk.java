// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.data;

import io.metalha.node.mirror.disk.BackingDevice;
import io.metalha.node.mirror.state.BlockSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/**
 * {@value #BLOCKS} adjacent blocks (128 KiB), named by the offset of the first; a mask's bit n is block n. One thread at a
 * time uses an object of this class.
 */
final class SyncChunk {
    static final int BLOCKS = 32;
    static final int BYTES = BLOCKS * BlockSet.BLOCK_BYTES;
    /** SHA-256 cut to 128 bits: a wrong match would leave a difference that nobody sees. */
    static final int DIGEST_BYTES = 16;

    private final BackingDevice device;
    private final ByteBuffer blocks = ByteBuffer.allocateDirect(BYTES);
    private final ByteBuffer digests = ByteBuffer.allocateDirect(BLOCKS * DIGEST_BYTES);
    private final MessageDigest sha;

    SyncChunk(BackingDevice device) {
        this.device = device;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The members of the set within the chunk that begins at a block. */
    static int mask(BlockSet set, long firstBlock) {
        int mask = 0;
        for (int bit = 0; bit < BLOCKS; bit++) {
            mask |= set.next(firstBlock + bit) == firstBlock + bit ? 1 << bit : 0;
        }
        return mask;
    }

    /** The named blocks' contents, one after the other. */
    ByteBuffer read(long offset, int mask) throws IOException {
        blocks.clear();
        for (int bit = 0; bit < BLOCKS; bit++) {
            if ((mask & 1 << bit) != 0) {
                int start = blocks.position();
                ByteBuffer block = blocks.slice(start, BlockSet.BLOCK_BYTES);
                device.read(block, offset + (long) bit * BlockSet.BLOCK_BYTES);
                blocks.position(start + BlockSet.BLOCK_BYTES);
            }
        }
        return blocks.flip();
    }

    void write(long offset, int mask, ByteBuffer contents) throws IOException {
        int at = 0;
        for (int bit = 0; bit < BLOCKS; bit++) {
            if ((mask & 1 << bit) != 0) {
                device.write(contents.slice(at, BlockSet.BLOCK_BYTES), offset + (long) bit * BlockSet.BLOCK_BYTES);
                at += BlockSet.BLOCK_BYTES;
            }
        }
    }

    /** Digests of the named blocks; all zero for a block of zeros, which costs no digest. */
    ByteBuffer digests(long offset, int mask) throws IOException {
        ByteBuffer contents = read(offset, mask);
        digests.clear();
        for (int at = 0; at < contents.limit(); at += BlockSet.BLOCK_BYTES) {
            ByteBuffer block = contents.slice(at, BlockSet.BLOCK_BYTES);
            if (isZero(block)) {
                digests.putLong(0).putLong(0);
            } else {
                sha.update(block);
                digests.put(sha.digest(), 0, DIGEST_BYTES);
            }
        }
        return digests.flip();
    }

    /** Which of the named blocks differ here from the digests. */
    int different(long offset, int mask, ByteBuffer theirs) throws IOException {
        ByteBuffer ours = digests(offset, mask);
        int different = 0;
        int at = 0;
        for (int bit = 0; bit < BLOCKS; bit++) {
            if ((mask & 1 << bit) != 0) {
                boolean equal =
                        ours.getLong(at) == theirs.getLong(at) && ours.getLong(at + 8) == theirs.getLong(at + 8);
                different |= equal ? 0 : 1 << bit;
                at += DIGEST_BYTES;
            }
        }
        return different;
    }

    private static boolean isZero(ByteBuffer block) {
        for (int at = 0; at < BlockSet.BLOCK_BYTES; at += Long.BYTES) {
            if (block.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }
}
