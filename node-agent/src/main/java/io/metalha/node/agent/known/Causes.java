// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.core.Timing;
import io.metalha.node.group.Cause;
import io.metalha.node.group.StartTimes;
import java.time.Duration;
import java.util.Optional;

/** Why a lease came to this node, from what was known at the moment of the grant. */
public final class Causes {
    private Causes() {}

    /**
     * {@link Cause#waited()} is the time since the old owner is last known to have served: for one that died its last
     * heartbeat, for one that left the start of its stop.
     *
     * @param before     who had the lease before
     * @param waited     from the register's being seen free to the grant
     * @param startBound what a start may take
     */
    public static Cause of(
            NodeId self,
            Optional<NodeId> before,
            Duration waited,
            Others others,
            Timing timing,
            Duration startBound,
            MonotonicTime now) {
        Duration bound = StartTimes.leaseBound(timing, Duration.ZERO).plus(startBound);
        if (before.isEmpty() || before.get().equals(self)) {
            String why = before.isEmpty() ? "nobody had it before" : "this node had it last";
            return new Cause(
                    Cause.Kind.FIRST_START, before.map(NodeId::name).orElse(""), why, Duration.ZERO, waited, bound);
        }
        Other owner = others.of(before.get());
        NodeId from = owner.node();
        if (owner.alive() && owner.leavingSince().isPresent()) {
            GroupNews.MoveKind move = owner.news().map(GroupNews::move).orElse(GroupNews.MoveKind.NONE);
            return left(from, move, now.since(owner.leavingSince().get()), bound);
        }
        if (owner.alive()) {
            // Its last renewal was a whole grant before the register was free.
            Duration detect = timing.grantedFor();
            return failover(from, from + " is heard but did not renew its lease", detect, waited.plus(detect), bound);
        }
        if (!owner.seen()) {
            // Nobody here knows when it ended: both servers were off, or this one was.
            return failover(from, from + " has not been heard since this server began", Duration.ZERO, waited, bound);
        }
        Duration detect = timing.peerTimeout();
        Duration silent = now.since(owner.aliveSince());
        return failover(from, from + " is heard on no path", detect, silent.plus(detect), bound);
    }

    private static Cause left(NodeId from, GroupNews.MoveKind move, Duration outage, Duration bound) {
        Cause.Kind kind =
                switch (move) {
                    case FAILBACK -> Cause.Kind.FAILBACK;
                    case MOVE -> Cause.Kind.MOVE;
                    case FAILOVER, NONE -> Cause.Kind.FAILOVER;
                };
        String why =
                switch (move) {
                    case FAILBACK -> "it belongs here, and " + from + " gave it back";
                    case MOVE -> from + " moved it here as planned";
                    case FAILOVER -> from + " gave it up because it did not work there";
                    case NONE -> from + " stopped it";
                };
        return new Cause(kind, from.name(), why, Duration.ZERO, outage, bound);
    }

    private static Cause failover(NodeId from, String why, Duration detect, Duration outage, Duration bound) {
        return new Cause(Cause.Kind.FAILOVER, from.name(), why, detect, outage, bound);
    }
}
