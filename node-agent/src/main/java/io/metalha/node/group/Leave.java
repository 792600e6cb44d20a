// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

/**
 * Why this node gives the group up in order.
 *
 * @param target the node that is to take it; empty: whoever may
 * @param why    one sentence
 */
public record Leave(Kind kind, String target, String why) {
    public enum Kind {
        /** A person's move or an automatic failback. */
        MOVE,
        FAILBACK,
        /** It cannot be made to work here; counted. */
        FAILOVER,
        /** This node's network is useless and another's is not; counts nothing. */
        UNREACHABLE,
        /** A person stopped the group, or deleted it with deletionPolicy Stop. */
        STOP,
        /** Restarts and failovers are used up. */
        FINAL
    }
}
