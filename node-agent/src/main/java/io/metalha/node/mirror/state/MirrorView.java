// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import org.jspecify.annotations.Nullable;

/**
 * What a mirror shows of itself.
 *
 * @param peerDisk null while the peer is not connected
 */
public record MirrorView(
        Superblock superblock,
        boolean primary,
        Connection connection,
        @Nullable DiskState peerDisk,
        boolean promotable,
        String reason) {
    /** DRBD's words. */
    public enum Connection {
        CONNECTING("Connecting"),
        /** The peer was met last with data that neither side may overwrite by itself. */
        SPLIT_BRAIN("SplitBrain"),
        CONNECTED("Connected"),
        SYNC_SOURCE("SyncSource"),
        SYNC_TARGET("SyncTarget");

        private final String shown;

        Connection(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }
}
