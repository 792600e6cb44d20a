// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the object holds: every group's register, in one value that is swapped as a whole.
 *
 * @param clusterUid another cluster's object is nobody's vote here (safety rule 9)
 * @param writes     how often it was written; 0: by nobody yet
 * @param complete   false: it was lost and filled again, so that a group it does not name is unknown, not new
 * @param byGroup    by {@code GroupId.key()}
 */
public record Registers(String clusterUid, long writes, boolean complete, Map<Long, Register> byGroup) {
    /** As many as a keeper knows. */
    public static final int GROUPS_MAX = 256;
    /** Of all groups together; with {@link #GROUPS_MAX} groups less than 160 KB of text, where annotations may have 256 KiB. */
    public static final int COPIES_MAX = 1024;

    public Registers {
        byGroup = Collections.unmodifiableMap(new TreeMap<>(byGroup));
    }

    public static Registers blank(String clusterUid) {
        return new Registers(clusterUid, 0, true, Map.of());
    }

    Register of(long group) {
        return byGroup.getOrDefault(group, Register.NONE);
    }

    boolean has(long group) {
        return byGroup.containsKey(group);
    }

    Registers with(long group, Register register, boolean stillComplete) {
        Map<Long, Register> all = new TreeMap<>(byGroup);
        all.put(group, register);
        return new Registers(clusterUid, writes, stillComplete, all);
    }

    Registers written() {
        return new Registers(clusterUid, writes + 1, complete, byGroup);
    }

    /** Whether this is small enough to be stored. */
    boolean fits() {
        return byGroup.size() <= GROUPS_MAX
                && byGroup.values().stream()
                                .mapToInt(register -> register.record().copies().size())
                                .sum()
                        <= COPIES_MAX;
    }
}
