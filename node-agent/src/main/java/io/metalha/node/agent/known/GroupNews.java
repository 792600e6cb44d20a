// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

/**
 * How a group is on the node that tells it; agents tell each other with the heartbeats.
 *
 * @param key         first half of the group's key
 * @param failovers   handovers because of failures within the window, at most 255
 * @param moveTo      voter number of a planned move's target, 0 for none or any
 * @param stopMark    odd: stopped on purpose; the highest mark counts
 * @param startMillis bound of a start there, in steps of 10 ms up to 655 s; 0: not measured
 */
public record GroupNews(
        int key,
        Is is,
        boolean promotable,
        boolean failedHere,
        int failovers,
        int moveTo,
        MoveKind move,
        int stopMark,
        long startMillis) {
    /** How far a group is on the node that tells it. */
    public enum Is {
        UNKNOWN,
        STANDBY,
        STARTING,
        RUNNING,
        STOPPING
    }

    /** Why a group is on its way elsewhere. */
    public enum MoveKind {
        NONE,
        MOVE,
        FAILBACK,
        FAILOVER
    }

    /** The half of a group's key that is told. */
    public static int keyOf(long groupKey) {
        return (int) (groupKey >>> 32);
    }
}
