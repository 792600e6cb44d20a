// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Cause;
import io.metalha.node.group.Effect;
import io.metalha.node.group.ResourceId;
import io.metalha.node.group.StartTimes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a lease came to this node, and how the change of owner is told. */
record Takeover(Cause cause) {
    /**
     * The cause, from what was known at the moment of the grant. {@code waited} of the cause is the time since the old
     * owner is last known to have served: for one that died its last heartbeat, for one that left the start of its stop.
     */
    static Takeover of(GroupRunner group, AgentContext context, Optional<NodeId> before, Duration waited) {
        MonotonicTime now = context.now();
        Duration bound =
                StartTimes.leaseBound(context.view().timing(), Duration.ZERO).plus(group.startBound());
        if (before.isEmpty() || before.get().equals(context.self())) {
            String why = before.isEmpty() ? "nobody had it before" : "this node had it last";
            return new Takeover(new Cause(
                    Cause.Kind.FIRST_START, before.map(NodeId::name).orElse(""), why, Duration.ZERO, waited, bound));
        }
        Peer peer = context.view().peer(before.get());
        Blob.MoveKind move = peer.group(group.id().key()).map(Blob.Group::move).orElse(Blob.MoveKind.NONE);
        Optional<MonotonicTime> leaving = peer.leavingSince(group.id().key());
        Duration outage = waited;
        Duration detect = Duration.ZERO;
        Cause.Kind kind = Cause.Kind.FAILOVER;
        String why;
        if (peer.alive() && leaving.isPresent()) {
            outage = now.since(leaving.get());
            switch (move) {
                case FAILBACK -> {
                    kind = Cause.Kind.FAILBACK;
                    why = "it belongs here, and " + peer.name() + " gave it back";
                }
                case MOVE -> {
                    kind = Cause.Kind.MOVE;
                    why = peer.name() + " moved it here as planned";
                }
                case FAILOVER -> why = peer.name() + " gave it up because it did not work there";
                case NONE -> why = peer.name() + " stopped it";
                default -> why = "";
            }
        } else if (peer.alive()) {
            // Its last renewal was a whole grant before the register was free.
            detect = context.view().timing().grantedFor();
            outage = waited.plus(detect);
            why = peer.name() + " is heard but did not renew its lease";
        } else if (!peer.seen()) {
            // Nobody here knows when it ended: both servers were off, or this one was.
            why = peer.name() + " has not been heard since this server began";
        } else {
            Duration silent = now.since(peer.aliveSince());
            detect = context.view().timing().peerTimeout();
            outage = silent.plus(detect);
            why = peer.name() + " is heard on no path";
        }
        return new Takeover(new Cause(kind, before.get().name(), why, detect, outage, bound));
    }

    static FailoverReport report(Effect.Started e, NodeId self) {
        Cause cause = e.cause();
        Duration outage = cause.waited().plus(e.total());
        Instant began = Instant.now().minus(outage).truncatedTo(ChronoUnit.MILLIS);
        List<FailoverReport.Phase> phases = new ArrayList<>();
        phases.add(new FailoverReport.Phase("detect", cause.detect().toMillis()));
        phases.add(new FailoverReport.Phase(
                "lease", cause.waited().minus(cause.detect()).toMillis()));
        for (Map.Entry<ResourceId, Duration> start : e.starts().entrySet()) {
            phases.add(new FailoverReport.Phase(
                    start.getKey().name(), start.getValue().toMillis()));
        }
        phases.add(new FailoverReport.Phase("start", e.total().toMillis()));
        return new FailoverReport(
                e.epoch().toString(),
                switch (cause.kind()) {
                    case FAILOVER -> "Takeover";
                    case MOVE, FIRST_START -> "Switchover";
                    case FAILBACK -> "Failback";
                },
                cause.from().isEmpty() ? null : cause.from(),
                self.name(),
                switch (cause.kind()) {
                    case FAILOVER ->
                        cause.why().contains("no path") || cause.why().contains("not been heard")
                                ? "NodeLost"
                                : "ServiceFailed";
                    case MOVE -> "Requested";
                    case FAILBACK -> "PreferredNodeBack";
                    case FIRST_START -> "Started";
                },
                cause.why(),
                began.toString(),
                phases,
                outage.toMillis(),
                cause.bound().toMillis());
    }
}
