// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.node.core.NodeId;
import io.metalha.node.group.Cause;
import io.metalha.node.group.Effect;
import io.metalha.node.group.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A change of owner as status tells it. */
final class Takeover {
    private Takeover() {}

    /** @param ended when the group ran here again */
    static FailoverReport report(Effect.Started e, NodeId self, Instant ended) {
        Cause cause = e.cause();
        Duration outage = cause.waited().plus(e.total());
        Instant began = ended.minus(outage).truncatedTo(ChronoUnit.MILLIS);
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
