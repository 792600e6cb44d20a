// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.wire;

import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Both sides show that they have the cluster's key before anything else is said: HMAC-SHA-256 over who proves, the
 * mirror's name, both attach ids and both nonces, so that neither proof can be used elsewhere or be sent back.
 *
 * <pre>
 *   dialer    hello mirror= version= attach= nonce=
 *   acceptor  challenge attach= nonce= proof=
 *   dialer    proof proof=
 *   acceptor  welcome | busy reason=
 * </pre>
 */
public final class Authentication {
    public static final int VERSION = 1;
    private static final int NONCE_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Authentication() {}

    public static String nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return HexFormat.of().formatHex(nonce);
    }

    /** @param side "dialer" or "acceptor": who proves */
    public static String proof(byte[] key, String side, Message hello, Message challenge) {
        String text = String.join(
                "|",
                "metalha-mirror",
                side,
                hello.get("mirror"),
                hello.get("version"),
                hello.get("attach"),
                hello.get("nonce"),
                challenge.get("attach"),
                challenge.get("nonce"));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    public static void check(String expected, String shown) throws IOException {
        if (!MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8))) {
            throw new IOException("the other side does not have this cluster's key");
        }
    }
}
