// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A thing to fetch and what its body must be.
 *
 * @param path absolute path of the URL
 */
public record Page(String path, Expected expected) {

    /** What the body of a good answer is. */
    public sealed interface Expected {
        boolean matches(byte[] body);
    }

    /** Byte for byte what was published. */
    public record Digest(String sha256) implements Expected {
        @Override
        public boolean matches(byte[] body) {
            return sha256.equals(sha256Of(body));
        }
    }

    /** A page made on request: it must carry this text. */
    public record Containing(String text) implements Expected {
        @Override
        public boolean matches(byte[] body) {
            return new String(body, StandardCharsets.UTF_8).contains(text);
        }
    }

    public static String sha256Of(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
