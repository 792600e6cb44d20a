// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.wire;

import java.nio.ByteBuffer;

/**
 * One frame: 32 bytes of header, then the payload. Big-endian.
 *
 * <pre>
 *   0 magic 0x4d480000 + type  4 payload bytes  8 sequence  16 offset  24 zero  28 CRC32C of bytes 0..27 and the payload
 * </pre>
 *
 * The payload of a received frame is valid until the next is read.
 */
public record Frame(Type type, long sequence, long offset, ByteBuffer payload) {
    public static final int HEADER_BYTES = 32;
    /** The largest request that the NBD server takes. */
    public static final int PAYLOAD_MAX = 2 << 20;

    static final int MAGIC = 0x4d480000;

    /** The order is the number on the wire; new ones are added at the end. */
    public enum Type {
        /** A line of {@link io.metalha.node.local.Message}. */
        CONTROL,
        /** Nothing; shows that the sender lives. */
        PING,
        /** Dirty extents: each a number of 4 bytes and 128 bytes of bits. */
        BITMAP,
        /** Put the payload at the offset. */
        WRITE,
        /** Make what came before durable. */
        FLUSH,
        /** Everything up to the sequence number was done. */
        ACK,
        /** Digests of those blocks of a chunk that the sequence number's bits name. */
        SYNC_SUM,
        /** The blocks of that chunk that differ; 0: none. */
        SYNC_WANT,
        /** These blocks' contents. */
        SYNC_DATA;

        private static final Type[] ALL = values();

        static Type of(int number) throws java.io.IOException {
            if (number < 0 || number >= ALL.length) {
                throw new java.io.IOException("a frame of unknown type " + number);
            }
            return ALL[number];
        }
    }
}
