// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.kube;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Which kind of private key a kubeconfig carries: the client library takes every key for RSA unless told otherwise. */
final class KeyAlgorithm {
    /** The object identifier id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480), as it stands in a PKCS#8 key. */
    private static final String EC_OID =
            HexFormat.of().formatHex(new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1});

    private KeyAlgorithm() {}

    /** @param data base64 of a PEM file, as in a kubeconfig's {@code client-key-data} */
    static String of(@Nullable String data) {
        if (data == null) {
            return "RSA";
        }
        String pem = new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
        if (pem.contains("BEGIN EC PRIVATE KEY")) {
            return "EC";
        }
        String body = pem.replaceAll("-----[^-]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(body);
        return HexFormat.of().formatHex(der).contains(EC_OID) ? "EC" : "RSA";
    }
}
