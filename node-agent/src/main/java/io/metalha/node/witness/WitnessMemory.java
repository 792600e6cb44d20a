// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server remembers of the object, durably (safety rule 8).
 *
 * @param uid     of the object; empty while none was used
 * @param serials the highest seen of each group
 */
public record WitnessMemory(String uid, Map<Long, Long> serials) {
    public static final WitnessMemory NOTHING = new WitnessMemory("", Map.of());

    public WitnessMemory {
        serials = Collections.unmodifiableMap(new TreeMap<>(serials));
    }

    long serial(long group) {
        return serials.getOrDefault(group, 0L);
    }

    boolean isNothing() {
        return uid.isEmpty() && serials.isEmpty();
    }
}
