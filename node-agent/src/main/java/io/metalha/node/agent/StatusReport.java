// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.FencingReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What this node reports of itself: a member entry a group, and its MetalNode. On change and each ten seconds. */
final class StatusReport {
    private static final Duration REPEAT = Duration.ofSeconds(10);
    /** Changes within this are reported together. */
    private static final Duration SETTLE = Duration.ofMillis(400);

    private final AgentContext context;
    private final Groups groups;
    private final Publisher publisher;
    private final MemberReport memberReport;
    private final NodeReport nodeReport;
    private final Map<String, Member> members = new HashMap<>();
    private MonotonicTime lookedAt = MonotonicTime.ZERO;
    private MonotonicTime repeatedAt = MonotonicTime.ZERO;
    private String nodeSaid = "";

    StatusReport(
            AgentContext context,
            Groups groups,
            KeeperLines keeper,
            LeaseWitness witness,
            Warnings warnings,
            Supplier<Optional<FencingReport>> fencing,
            Publisher publisher) {
        this.context = context;
        this.groups = groups;
        this.publisher = publisher;
        this.memberReport = new MemberReport(context, keeper);
        this.nodeReport = new NodeReport(context, keeper, witness, warnings, fencing);
    }

    void turn(MonotonicTime now) {
        if (now.since(lookedAt).compareTo(SETTLE) < 0) {
            return;
        }
        lookedAt = now;
        boolean repeat = now.since(repeatedAt).compareTo(REPEAT) >= 0;
        if (repeat) {
            repeatedAt = now;
        }
        for (GroupRunner group : groups.all()) {
            Member member = memberReport.of(group, now, null);
            if (repeat || !member.equals(members.get(group.id().name()))) {
                members.put(group.id().name(), member);
                publisher.member(group.id().name(), memberReport.of(group, now, wallNow()));
            }
        }
        node(repeat);
    }

    private void node(boolean repeat) {
        MetalNodeStatus status = nodeReport.status(null);
        // Round trips change always and are worth a report only with the next repetition.
        String said = status.pathsUp() + status.warnings() + status.keeper() + status.fencing();
        if (repeat || !said.equals(nodeSaid)) {
            nodeSaid = said;
            publisher.node(nodeReport.status(wallNow()));
        }
    }

    private String wallNow() {
        return MonotonicWall.text(context.wallNow());
    }
}
