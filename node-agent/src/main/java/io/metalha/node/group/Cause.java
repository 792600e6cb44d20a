// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import java.time.Duration;

/**
 * Why this node takes the group.
 *
 * @param from   the node that had it before; empty when nobody had
 * @param why    one sentence
 * @param detect from the fault to its being noticed; zero for what was planned
 * @param waited from the last moment at which the old owner is known to have served, to the grant
 * @param bound  the longest that detection, lease and start together may take, computed before the fault
 */
public record Cause(Kind kind, String from, String why, Duration detect, Duration waited, Duration bound) {
    public enum Kind {
        FIRST_START,
        FAILOVER,
        MOVE,
        FAILBACK
    }
}
