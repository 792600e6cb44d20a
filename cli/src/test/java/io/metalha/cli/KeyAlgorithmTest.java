// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.client.Config;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyAlgorithmTest {
    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void tellsWhatKindOfKeyAKubeconfigCarries(String kind) throws Exception {
        byte[] key = KeyPairGenerator.getInstance(kind)
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        String pem = "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n";
        assertEquals(kind, KeyAlgorithm.of(pem));
        Config config = Config.empty();
        config.setClientKeyData(Base64.getEncoder().encodeToString(pem.getBytes()));
        KeyAlgorithm.tell(config);
        assertEquals(kind, config.getClientKeyAlgo());
    }

    @Test
    void knowsTheOlderFormOfACurvesKey() {
        assertEquals("EC", KeyAlgorithm.of("-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n"));
    }
}
