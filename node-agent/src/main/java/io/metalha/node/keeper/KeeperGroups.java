// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.GroupId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The groups by key, without boxing: each renewal is looked up here. Open addressing, never more than half full. */
final class KeeperGroups {
    private static final int SLOTS = 1024;

    private final @Nullable KeeperGroup[] table = new @Nullable KeeperGroup[SLOTS];
    private final List<KeeperGroup> all = new ArrayList<>();

    @Nullable
    KeeperGroup find(long key) {
        for (int slot = (int) key & SLOTS - 1; ; slot = slot + 1 & SLOTS - 1) {
            KeeperGroup group = table[slot];
            if (group == null || group.key == key) {
                return group;
            }
        }
    }

    KeeperGroup of(long key) {
        KeeperGroup found = find(key);
        if (found != null) {
            return found;
        }
        if (all.size() >= SLOTS / 2) {
            throw new IllegalStateException("more than " + SLOTS / 2 + " groups");
        }
        KeeperGroup group = new KeeperGroup(key);
        int slot = (int) key & SLOTS - 1;
        while (table[slot] != null) {
            slot = slot + 1 & SLOTS - 1;
        }
        table[slot] = group;
        all.add(group);
        return group;
    }

    KeeperGroup of(GroupId id) {
        KeeperGroup group = of(id.key());
        group.id = id;
        return group;
    }

    /** The group whose lease lets this address pass now. */
    Optional<KeeperGroup> withOpen(byte[] address) {
        return all.stream()
                .filter(group -> Arrays.stream(group.addresses).anyMatch(open -> Arrays.equals(open, address)))
                .findFirst();
    }

    /** In the order of their coming; not to be changed. */
    List<KeeperGroup> all() {
        return all;
    }
}
