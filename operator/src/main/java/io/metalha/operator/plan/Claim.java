// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

/**
 * Something that one resource only may use.
 *
 * @param where the node on which it is used; empty: it is one for all nodes
 */
record Claim(Kind kind, String where, String what) {
    enum Kind {
        ADDRESS("AddressClaimedTwice", "address"),
        DISK("DiskClaimedTwice", "disk"),
        MOUNT_POINT("MountPointClaimedTwice", "mount point"),
        UNIT("UnitClaimedTwice", "systemd unit"),
        HOST_NAME("HostNameClaimedTwice", "host name");

        private final String reason;
        private final String word;

        Kind(String reason, String word) {
            this.reason = reason;
            this.word = word;
        }

        String reason() {
            return reason;
        }

        String word() {
            return word;
        }
    }

    String text() {
        return where.isEmpty() ? kind.word() + " " + what : kind.word() + " " + what + " on " + where;
    }
}
