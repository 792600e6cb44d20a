// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;

/** Which kind of private key a kubeconfig carries (k3s: elliptic curve): the client library takes every key for RSA unless told otherwise. */
final class KeyAlgorithm {
    /** The object identifier id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480), as it stands in a PKCS#8 key. */
    private static final String EC_OID =
            HexFormat.of().formatHex(new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1});

    private KeyAlgorithm() {}

    /** Leaves alone what carries no key, or one that cannot be read: the connection will say so. */
    static void tell(Config config) {
        try {
            if (config.getClientKeyData() != null) {
                byte[] pem = Base64.getMimeDecoder().decode(config.getClientKeyData());
                config.setClientKeyAlgo(of(new String(pem, StandardCharsets.US_ASCII)));
            } else if (config.getClientKeyFile() != null) {
                config.setClientKeyAlgo(of(Files.readString(Path.of(config.getClientKeyFile()))));
            }
        } catch (IOException | IllegalArgumentException _) {
            // Not readable, or not base64.
        }
    }

    /** @param pem a PEM file's text */
    static String of(String pem) {
        if (pem.contains("BEGIN EC PRIVATE KEY")) {
            return "EC";
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
        return HexFormat.of().formatHex(der).contains(EC_OID) ? "EC" : "RSA";
    }
}
