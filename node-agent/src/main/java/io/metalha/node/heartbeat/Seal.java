// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** HMAC-SHA-256 cut to 16 bytes, without allocation (javax.crypto.Mac allocates its result). One thread. */
final class Seal {
    private final MessageDigest sha256;
    private final byte[] digest = new byte[32];

    Seal() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Writes the code of the first {@code length} bytes behind them. */
    void seal(PairKey key, byte[] packet, int length) {
        compute(key, packet, length);
        System.arraycopy(digest, 0, packet, length, PacketLayout.MAC_BYTES);
    }

    /** Whether the code behind the first {@code length} bytes is theirs; takes the same time wherever they differ. */
    boolean isSealed(PairKey key, byte[] packet, int length) {
        compute(key, packet, length);
        int difference = 0;
        for (int i = 0; i < PacketLayout.MAC_BYTES; i++) {
            difference |= digest[i] ^ packet[length + i];
        }
        return difference == 0;
    }

    private void compute(PairKey key, byte[] packet, int length) {
        try {
            sha256.update(key.inner);
            sha256.update(packet, 0, length);
            sha256.digest(digest, 0, digest.length);
            sha256.update(key.outer);
            sha256.update(digest, 0, digest.length);
            sha256.digest(digest, 0, digest.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }
}
