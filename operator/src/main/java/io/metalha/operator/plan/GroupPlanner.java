// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroupSpec;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.Member.Mirror;
import io.metalha.api.v1alpha1.Member.Part;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.api.v1alpha1.ResourceState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plans a ClusterGroup's status: whether its spec is accepted, how it stands, what happened. */
public final class GroupPlanner {
    private static final int FAILOVERS_KEPT = 10;
    private static final String UNKNOWN = "Unknown";
    private static final ClusterGroupStatus NOTHING_YET = ClusterGroupStatus.ofMembers(List.of());

    public GroupPlan plan(GroupFacts facts) {
        ClusterGroupStatus before =
                facts.group().getStatus() == null ? NOTHING_YET : facts.group().getStatus();
        var problems = new ArrayList<>(GroupChecks.check(facts));
        problems.addAll(Claims.check(facts));
        long generation = facts.group().getMetadata().getGeneration();
        Long accepted = problems.isEmpty() ? Long.valueOf(generation) : before.acceptedGeneration();
        var view = new GroupView(facts);
        List<FailoverReport> failovers = failovers(before, view);
        var standing = new GroupStanding(facts, view, accepted, problems);
        FailoverReport last = failovers.isEmpty() ? null : failovers.getFirst();
        List<String> standby = view.standby().stream().map(Member::node).toList();
        var status = new ClusterGroupStatus(
                new GroupSummary(facts, view, standing, last).sentences(),
                generation,
                accepted,
                standing.conditions(before.conditions()),
                view.active().map(Member::node).orElse(null),
                standby,
                standby.isEmpty() ? null : String.join(",", standby),
                MirrorWord.of(facts, view).word(),
                last == null ? null : last.startedAt(),
                standing.reason(last),
                last == null ? null : outage(last),
                view.active().map(Member::epoch).orElse(before.epoch()),
                addresses(facts.group().getSpec()),
                List.of(),
                failovers);
        return new GroupPlan(
                status,
                view.unknown().stream().map(GroupPlanner::asUnknown).toList(),
                GroupNotes.between(before, status));
    }

    /** Old ones and what members report now, each once, the newest first. */
    private static List<FailoverReport> failovers(ClusterGroupStatus before, GroupView view) {
        var byId = new LinkedHashMap<String, FailoverReport>();
        before.failovers().forEach(failover -> byId.put(failover.id(), failover));
        view.members().forEach(member -> member.failovers().forEach(failover -> byId.put(failover.id(), failover)));
        return byId.values().stream()
                .sorted(Comparator.comparing(FailoverReport::id, EpochOrder.BY_EPOCH)
                        .thenComparing(FailoverReport::startedAt)
                        .reversed())
                .limit(FAILOVERS_KEPT)
                .toList();
    }

    private static @Nullable String outage(FailoverReport failover) {
        Long millis = failover.outageMillis();
        return millis == null ? null : Times.seconds(millis);
    }

    private static @Nullable String addresses(ClusterGroupSpec spec) {
        String all = spec.resources().stream()
                .map(Resource::floatingIP)
                .filter(ip -> ip != null)
                .map(ip -> Claims.plain(ip.address()))
                .collect(Collectors.joining(","));
        return all.isEmpty() ? null : all;
    }

    /** Every word of the entry that could be taken for a present state; the agent's next report takes them back. */
    private static Member asUnknown(Member member) {
        return new Member(
                member.node(),
                MemberRole.UNKNOWN,
                false,
                "NotReporting",
                "The agent of this node does not report, so nobody can tell what it does: look at metalha-agent there.",
                null,
                null,
                null,
                null,
                unknown(member.resources()),
                unknown(member.monitors()),
                member.mirrors().stream().map(GroupPlanner::asUnknown).toList(),
                null,
                List.of(),
                List.of());
    }

    private static Mirror asUnknown(Mirror mirror) {
        return new Mirror(mirror.name(), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, null, null, null, null);
    }

    private static List<Part> unknown(List<Part> parts) {
        return parts.stream()
                .map(part -> new Part(part.name(), ResourceState.UNKNOWN, null, null))
                .toList();
    }
}
