// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks blkid(8) whether somebody's data is on a device. */
public final class Signatures {
    private static final int NOTHING_FOUND = 2;

    private Signatures() {}

    /** What was found, in words; empty when nothing was. Doubt counts as something. */
    public static String find(Path device) throws IOException {
        Process blkid = new ProcessBuilder("blkid", "-p", device.toString())
                .redirectErrorStream(true)
                .start();
        try {
            if (!blkid.waitFor(10, TimeUnit.SECONDS)) {
                return "blkid did not answer within 10 s";
            }
            String said = new String(blkid.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (blkid.exitValue() == NOTHING_FOUND && said.isEmpty()) {
                return "";
            }
            return said.isEmpty() ? "blkid ended with " + blkid.exitValue() : said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "blkid was interrupted";
        }
    }
}
