// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import java.util.HashMap;
import java.util.Map;

/** Consecutive failures of each monitor. */
final class MonitorCounts {
    private final Map<String, Integer> failures = new HashMap<>();

    /** Counts one result; true when it makes the monitor's number of consecutive failures full. */
    boolean failed(MonitorPlan monitor, boolean ok) {
        if (ok) {
            failures.remove(monitor.name());
            return false;
        }
        return failures.merge(monitor.name(), 1, Integer::sum) >= monitor.failures();
    }

    boolean allWell() {
        return failures.isEmpty();
    }

    void reset() {
        failures.clear();
    }
}
