// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import org.jspecify.annotations.Nullable;

/** Groups by key, at most {@value LeaseCore#GROUPS_MAX}, looked up without allocation: open addressing, never removed. */
final class GroupTable {
    private static final int SLOTS = 2 * LeaseCore.GROUPS_MAX;

    private final @Nullable LeaseGroup[] byHash = new @Nullable LeaseGroup[SLOTS];
    private final @Nullable LeaseGroup[] inOrder = new @Nullable LeaseGroup[LeaseCore.GROUPS_MAX];
    private int size;

    @Nullable
    LeaseGroup find(long key) {
        return byHash[slotOf(key)];
    }

    boolean isFull() {
        return size == inOrder.length;
    }

    void add(LeaseGroup group) {
        byHash[slotOf(group.group)] = group;
        inOrder[size++] = group;
    }

    int size() {
        return size;
    }

    LeaseGroup get(int index) {
        LeaseGroup group = inOrder[index];
        if (group == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return group;
    }

    /** Keys are hashes already. The table is at most half full, so the search ends. */
    private int slotOf(long key) {
        int slot = (int) (key & (SLOTS - 1));
        while (true) {
            LeaseGroup there = byHash[slot];
            if (there == null || there.group == key) {
                return slot;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }
}
