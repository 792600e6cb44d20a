// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec.Timers;
import io.metalha.api.v1alpha1.MetalClusterStatus.Timing;
import io.metalha.api.v1alpha1.Profile;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.api.v1alpha1.schema.KubeDuration;
import io.metalha.operator.plan.ManifestChecks;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The timers that a cluster's profile derives, and what a failover may take. */
final class Arithmetic {
    private Arithmetic() {}

    static String of(MetalCluster cluster) {
        Timing timing = ManifestChecks.timing(cluster);
        Timers own = cluster.getSpec().timers();
        String profile = "profile " + word(cluster.getSpec().profile());
        return "MetalCluster %s%n".formatted(cluster.getMetadata().getName())
                + line("heartbeat", timing.heartbeat(), own == null ? null : own.heartbeat(), profile)
                + line("peerTimeout", timing.peerTimeout(), own == null ? null : own.peerTimeout(), profile)
                + line("lease", timing.lease(), own == null ? null : own.lease(), profile)
                + line("stopMargin", timing.stopMargin(), own == null ? null : own.stopMargin(), profile)
                + line("agentDeadline", timing.agentDeadline(), own == null ? null : own.agentDeadline(), profile)
                + "  budget         a holder that cannot renew has ended every effect %s after its last renewal (lease - stopMargin)%n"
                        .formatted(KubeDuration.format(timing.lease().minus(timing.stopMargin())))
                + "  failover       %s%n".formatted(ManifestChecks.bound(timing).arithmetic())
                + (cluster.getSpec().profile() == Profile.FAST
                        ? "  condition      Fast is in force only while every keeper has real-time priority, else the timers of Normal%n"
                                .formatted()
                        : "");
    }

    /** {@code FAST} as {@code Fast}, as in manifests. */
    private static String word(Profile profile) {
        return profile.name().charAt(0) + profile.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String line(String name, Duration value, @Nullable Duration own, String profile) {
        return "  %-14s %-8s %s%n".formatted(name, KubeDuration.format(value), own == null ? profile : "spec.timers");
    }

    static String of(ClusterGroup group, @Nullable MetalCluster cluster) {
        Duration start =
                group.getSpec().resources().stream().map(Resource::startTimeout).reduce(Duration.ZERO, Duration::plus);
        String own =
                "ClusterGroup %s%n  own start      at most %s, the sum of its startTimeouts; once measured, status tells the real one%n"
                        .formatted(group.getMetadata().getName(), KubeDuration.format(start));
        return cluster == null
                ? own
                : own
                        + "  bound          %s before the first start (MetalCluster %s) + the own start%n"
                                .formatted(
                                        KubeDuration.format(ManifestChecks.bound(ManifestChecks.timing(cluster))
                                                .beforeStart()),
                                        cluster.getMetadata().getName());
    }
}
