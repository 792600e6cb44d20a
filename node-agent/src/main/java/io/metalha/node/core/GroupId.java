// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A failover group by its name, which is also the name of its register at every voter: a group that is deleted and
 * applied again meets its old record and therefore starts above every epoch seen (safety rule 10).
 */
public record GroupId(String name) implements Comparable<GroupId> {
    public GroupId {
        Names.requireLabel(name, "group name");
    }

    /** The first eight bytes, big-endian, of SHA-256 of the name: how packets and record files name the group. */
    public long key() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            long key = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                key = key << 8 | (digest[i] & 0xff);
            }
            return key;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int compareTo(GroupId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
