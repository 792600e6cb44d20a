// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Phase;

/**
 * What this node is for a group at one moment.
 *
 * @param promotable   its copies of the group's data are good
 * @param copiesProven what another says of its copy can be believed: one that comes back takes its copy for good until it
 *                     has met ours; while ours is in use, ours knows
 * @param reachable    its network for the group's addresses is of use to clients
 * @param stopMark     odd: stopped on purpose; the highest mark counts
 * @param deleting     deletion was seen, and is being carried out
 */
public record Own(
        NodeId node,
        Phase phase,
        boolean promotable,
        boolean copiesProven,
        boolean reachable,
        int stopMark,
        boolean deleting) {
    public boolean holds() {
        return !phase.held().equals(Epoch.NONE);
    }

    public boolean isStopped() {
        return deleting || isStopped(stopMark);
    }

    public static boolean isStopped(int stopMark) {
        return (stopMark & 1) == 1;
    }

    GroupNews.Is is() {
        return switch (phase) {
            case Phase.Standby _ -> GroupNews.Is.STANDBY;
            case Phase.Listing _, Phase.Starting _, Phase.Recovering _, Phase.Probing _ -> GroupNews.Is.STARTING;
            case Phase.Running _ -> GroupNews.Is.RUNNING;
            case Phase.Stopping _, Phase.Releasing _ -> GroupNews.Is.STOPPING;
            case Phase.Fresh _, Phase.Ending _ -> GroupNews.Is.UNKNOWN;
        };
    }
}
