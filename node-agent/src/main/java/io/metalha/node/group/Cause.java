// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import java.time.Duration;

/**
 * Why this node takes the group.
 *
 * @param from   the node that had it before; empty when nobody had
 * @param why    one sentence
 * @param waited from the moment the keeper saw that the lease could be had (the fault, for a dead owner) to the grant
 * @param bound  the longest that detection, lease and start together may take, computed before the fault
 */
public record Cause(Kind kind, String from, String why, Duration waited, Duration bound) {
    public enum Kind {
        FIRST_START,
        FAILOVER,
        MOVE,
        FAILBACK
    }
}
