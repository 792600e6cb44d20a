// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A complete HTTP/1.0 answer. A cut one is an {@link IOException}: a broken connection is an outage, not a wrong body. */
record HttpAnswer(int status, byte[] body) {

    static HttpAnswer parse(byte[] raw) throws IOException {
        int end = headerEnd(raw);
        String[] lines = new String(raw, 0, end, StandardCharsets.ISO_8859_1).split("\r\n");
        String[] first = lines[0].split(" ", 3);
        if (first.length < 2 || !first[0].startsWith("HTTP/") || !first[1].matches("[0-9]{3}")) {
            throw new IOException("not an HTTP answer: " + lines[0]);
        }
        byte[] body = Arrays.copyOfRange(raw, end + 4, raw.length);
        for (String line : lines) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                long announced =
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                if (announced != body.length) {
                    throw new IOException("%d of %d bytes came".formatted(body.length, announced));
                }
            }
        }
        return new HttpAnswer(Integer.parseInt(first[1]), body);
    }

    private static int headerEnd(byte[] raw) throws IOException {
        for (int i = 0; i + 3 < raw.length; i++) {
            if (raw[i] == '\r' && raw[i + 1] == '\n' && raw[i + 2] == '\r' && raw[i + 3] == '\n') {
                return i;
            }
        }
        throw new IOException("the connection ended after %d bytes".formatted(raw.length));
    }
}
