// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import java.time.Duration;

/**
 * A monitor as the group's life sees it.
 *
 * @param on          the resource that is restarted when the monitor fails
 * @param interval    between the end of one check and the start of the next
 * @param timeout     a check that takes longer counts as failed
 * @param failures    consecutive failed checks that count as a failure of the resource, 1 or more
 * @param local       looks at the host itself, so that a dead network cannot make it fail
 * @param fingerprint changes when the monitor's definition does
 */
public record MonitorPlan(
        String name,
        ResourceId on,
        Duration interval,
        Duration timeout,
        int failures,
        boolean local,
        String fingerprint) {
    public MonitorPlan {
        if (failures < 1) {
            throw new IllegalArgumentException("monitor " + name + ": failures must be 1 or more");
        }
    }
}
