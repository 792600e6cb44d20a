// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterStatus;
import io.metalha.api.v1alpha1.schema.KubeDuration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The facts of kubectl describe as tables. Pure. */
final class Description {
    private Description() {}

    static void of(ClusterGroup group, Page page) {
        page.heading("ClusterGroup " + group.getMetadata().getName() + " of MetalCluster "
                + group.getSpec().cluster());
        ClusterGroupStatus status = group.getStatus();
        if (status == null) {
            page.line("It has no status yet: neither operator nor agents have seen it.");
            return;
        }
        status.summary().forEach(page::line);
        conditions(status.conditions(), page);
        members(status.members(), page);
        failovers(status.failovers(), page);
    }

    private static void conditions(List<Condition> conditions, Page page) {
        if (!conditions.isEmpty()) {
            page.heading("Conditions");
            page.table(
                    List.of("TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"),
                    conditions.stream()
                            .map(each -> List.of(
                                    each.type(),
                                    each.status(),
                                    each.lastTransitionTime(),
                                    each.reason(),
                                    each.message()))
                            .toList());
        }
    }

    private static void members(List<Member> members, Page page) {
        if (members.isEmpty()) {
            return;
        }
        page.heading("Members");
        page.table(
                List.of("NODE", "ROLE", "READY", "EPOCH", "SINCE", "MESSAGE"),
                members.stream()
                        .map(each -> List.of(
                                each.node(),
                                word(each.role()),
                                each.ready() == null ? "-" : each.ready() ? "yes" : "no",
                                or(each.epoch()),
                                or(each.since()),
                                or(each.message())))
                        .toList());
        page.heading("Resources and monitors");
        page.table(
                List.of("NODE", "NAME", "STATE", "SINCE", "LAST ERROR"),
                members.stream()
                        .flatMap(member -> Stream.concat(member.resources().stream(), member.monitors().stream())
                                .map(part -> List.of(
                                        member.node(),
                                        part.name(),
                                        word(part.state()),
                                        or(part.since()),
                                        or(part.lastError()))))
                        .toList());
        List<List<String>> mirrors = members.stream()
                .flatMap(member -> member.mirrors().stream()
                        .map(mirror -> List.of(
                                member.node(),
                                mirror.name(),
                                or(mirror.role()),
                                or(mirror.connection()),
                                or(mirror.disk()),
                                or(mirror.peerDisk()),
                                mirror.outOfSyncBytes() == null ? "-" : mirror.outOfSyncBytes() + " bytes")))
                .toList();
        if (!mirrors.isEmpty()) {
            page.heading("Mirrors");
            page.table(List.of("NODE", "NAME", "ROLE", "CONNECTION", "DISK", "PEER DISK", "OUT OF SYNC"), mirrors);
        }
    }

    private static void failovers(List<FailoverReport> failovers, Page page) {
        if (!failovers.isEmpty()) {
            page.heading("Failovers, the newest first");
            page.table(
                    List.of("WHEN", "KIND", "FROM", "TO", "OUTAGE", "BOUND", "WHY AND PHASES"),
                    failovers.stream()
                            .map(each -> List.of(
                                    each.startedAt(),
                                    or(each.kind()),
                                    or(each.from()),
                                    each.to(),
                                    millis(each.outageMillis()),
                                    millis(each.boundMillis()),
                                    (each.reason() + ": " + phases(each)).strip()))
                            .toList());
        }
    }

    private static String phases(FailoverReport failover) {
        return failover.phases().stream()
                .map(phase -> phase.name() + " " + millis(phase.millis()))
                .collect(Collectors.joining(", "));
    }

    static void of(MetalCluster cluster, Page page) {
        page.heading("MetalCluster " + cluster.getMetadata().getName() + ", profile "
                + word(cluster.getSpec().profile()));
        MetalClusterStatus status = cluster.getStatus();
        if (status == null) {
            page.line("It has no status yet: the operator has not seen it.");
            return;
        }
        status.summary().forEach(page::line);
        conditions(status.conditions(), page);
        if (status.voters() != null) {
            page.heading("Voters, %s reporting".formatted(or(status.votersReporting())));
            page.table(
                    List.of("NAME", "NUMBER", "ROLE"),
                    status.voters().voters().stream()
                            .map(each -> List.of(each.name(), String.valueOf(each.number()), word(each.role())))
                            .toList());
        }
        if (status.timing() != null) {
            page.heading("Timers");
            page.table(
                    List.of("HEARTBEAT", "PEER TIMEOUT", "LEASE", "STOP MARGIN", "AGENT DEADLINE"),
                    List.of(Stream.of(
                                    status.timing().heartbeat(),
                                    status.timing().peerTimeout(),
                                    status.timing().lease(),
                                    status.timing().stopMargin(),
                                    status.timing().agentDeadline())
                            .map(KubeDuration::format)
                            .toList()));
        }
        if (status.failoverBound() != null) {
            page.line("A failover takes at most: " + status.failoverBound().arithmetic());
        }
    }

    private static String millis(@Nullable Long millis) {
        return millis == null ? "-" : millis + "ms";
    }

    private static String or(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    /** {@code UP_TO_DATE} as {@code UpToDate}, as in manifests. */
    private static String word(@Nullable Enum<?> constant) {
        return constant == null
                ? "-"
                : Stream.of(constant.name().split("_", -1))
                        .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining());
    }
}
