// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key for packets of one session to another, with HMAC's two padded blocks (RFC 2104) ready for use. A key for each
 * ordered pair of sessions: a packet recorded in one life of a keeper means nothing in another, nor sent back.
 */
final class PairKey {
    private static final int BLOCK_BYTES = 64;

    final byte[] inner = new byte[BLOCK_BYTES];
    final byte[] outer = new byte[BLOCK_BYTES];

    PairKey(byte[] clusterKey, long senderSession, long receiverSession) {
        byte[] key;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(clusterKey, "HmacSHA256"));
            mac.update("metalha keeper packet 1".getBytes(StandardCharsets.US_ASCII));
            key = mac.doFinal(ByteBuffer.allocate(16)
                    .putLong(senderSession)
                    .putLong(receiverSession)
                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
        for (int i = 0; i < BLOCK_BYTES; i++) {
            byte k = i < key.length ? key[i] : 0;
            inner[i] = (byte) (k ^ 0x36);
            outer[i] = (byte) (k ^ 0x5c);
        }
    }
}
