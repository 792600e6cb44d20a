// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.core.Epoch;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Stands for the voters: one group's record and lease, for tests with several mirrors. */
final class Register {
    private final Map<String, Boolean> upToDate = new TreeMap<>();
    private long counter;
    private boolean reachable = true;

    /** A new epoch, above every former one. */
    synchronized Epoch grant(int voter) {
        return new Epoch(++counter, voter);
    }

    /** Whether the record lets this copy become Primary (safety rule 11). */
    synchronized boolean allows(String copy) {
        return upToDate.isEmpty() || upToDate.getOrDefault(copy, false);
    }

    synchronized boolean record(Epoch epoch, String copies) {
        if (!reachable || epoch.counter() != counter) {
            return false;
        }
        upToDate.clear();
        for (String copy : copies.split(",")) {
            String[] parts = copy.split(":");
            upToDate.put(parts[1], parts[2].equals("uptodate"));
        }
        return true;
    }

    synchronized void reachable(boolean now) {
        reachable = now;
    }

    synchronized Map<String, Boolean> copies() {
        return new HashMap<>(upToDate);
    }
}
