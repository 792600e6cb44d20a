// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.ResourceState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupPlannerTest {
    private final GroupPlanner planner = new GroupPlanner();

    @Test
    void readyAndRedundantWithAnOwnerAndAStandby() {
        GroupPlan plan = planner.plan(
                Given.facts(Given.group("db"), Given.active("server1", "7.1"), Given.standby("server2", "7.1")));

        assertEquals("server1", plan.status().active());
        assertEquals(List.of("server2"), plan.status().standby());
        assertEquals("UpToDate", plan.status().mirror());
        assertEquals("198.18.10.50", plan.status().address());
        assertEquals(1L, plan.status().acceptedGeneration());
        assertEquals(List.of(), plan.status().members(), "members are the agents'");
        assertCondition(plan, "Ready", Condition.TRUE, "Running");
        assertCondition(plan, "Redundant", Condition.TRUE, "StandbyReady");
        assertCondition(plan, "DataProtected", Condition.TRUE, "UpToDate");
        assertCondition(plan, "Stalled", Condition.FALSE, "Valid");
        assertEquals(
                List.of(
                        "db runs on server1 since 2026-11-23T21:30:00Z under epoch 7.1.",
                        "If server1 dies now: server2 takes over within 1.9s (detect and lease together 1.0s, start 0.9s"
                                + " measured); data loss: none.",
                        "Mirror data: both copies are UpToDate."),
                plan.status().summary());
    }

    @Test
    void anOwnerWithALowerEpochReadsUnknown() {
        GroupPlan plan = planner.plan(
                Given.facts(Given.group("db"), Given.active("server1", "9.1"), Given.active("server2", "10.2")));

        assertEquals("server2", plan.status().active(), "epochs are numbers, not words");
        Member unknown = plan.unknown().getFirst();
        assertEquals("server1", unknown.node());
        assertEquals(MemberRole.UNKNOWN, unknown.role());
        assertEquals(ResourceState.UNKNOWN, unknown.resources().getFirst().state());
        assertEquals("Unknown", unknown.mirrors().getFirst().disk());
        assertCondition(plan, "Redundant", Condition.FALSE, "NotReporting");
    }

    @Test
    void aSilentOwnerIsUnknownNotStopped() {
        GroupPlan plan = planner.plan(Given.facts(
                Given.group("db"), Set.of("server1"), Given.active("server1", "7.1"), Given.standby("server2", "7.1")));

        assertNull(plan.status().active());
        assertCondition(plan, "Ready", Condition.UNKNOWN, "NotReporting");
        assertCondition(plan, "Available", Condition.UNKNOWN, "NotReporting");
    }

    @Test
    void tellsAFailoverWithItsOutageAndItsBound() {
        Member owner = Given.member("""
                {node: server2, role: Active, ready: true, epoch: '8.2', observedGeneration: 1,
                 failovers: [{id: '8.2', kind: Takeover, from: server1, to: server2, reason: NodeLost,
                              startedAt: '2026-11-23T21:59:00Z', outageMillis: 1610, boundMillis: 1900}]}
                """);
        GroupPlan plan = planner.plan(Given.facts(Given.group("db"), owner));

        assertEquals("2026-11-23T21:59:00Z", plan.status().lastFailover());
        assertEquals("NodeLost", plan.status().reason());
        assertEquals("1.6s", plan.status().outage());
        assertEquals(
                "Last takeover 2026-11-23T21:59:00Z from server1 to server2 (NodeLost): outage 1.6s of at most 1.9s.",
                plan.status().summary().getLast());
        assertTrue(plan.notes().stream().anyMatch(note -> note.reason().equals("Takeover")));
    }

    @Test
    void keepsTheLastTenFailoversAlsoWhenMembersForgetThem() {
        ClusterGroup group = Given.group("db");
        for (int epoch = 1; epoch <= 12; epoch++) {
            Member owner = Given.member("""
                    {node: server2, role: Active, epoch: '%d.2', failovers: [{id: '%d.2', to: server2, reason: NodeLost,
                     startedAt: '2026-11-23T21:59:00Z'}]}
                    """.formatted(epoch, epoch));
            group.setStatus(planner.plan(Given.facts(group, owner)).status());
        }
        assertEquals(10, group.getStatus().failovers().size());
        assertEquals("12.2", group.getStatus().failovers().getFirst().id());
        assertEquals("3.2", group.getStatus().failovers().getLast().id());
    }

    @Test
    void aSpecThatTurnsInvalidLeavesWhatRunsUntouched() {
        ClusterGroup group = Given.group("db");
        group.setStatus(
                planner.plan(Given.facts(group, Given.active("server1", "7.1"))).status());
        ClusterGroup changed = Given.group(
                "db",
                "{name: a, systemd: {unit: a.service}, dependsOn: [b]}",
                "{name: b, systemd: {unit: b.service}, dependsOn: [a]}");
        changed.getMetadata().setGeneration(2L);
        changed.setStatus(group.getStatus());

        GroupPlan plan = planner.plan(Given.facts(changed, Given.active("server1", "7.1")));

        assertEquals(1L, plan.status().acceptedGeneration());
        assertEquals(2L, plan.status().observedGeneration());
        assertCondition(plan, "Ready", Condition.FALSE, "DependencyCycle");
        assertCondition(plan, "Available", Condition.TRUE, "Running");
        assertEquals(
                "Not acted upon: resources wait for each other in a circle, a -> b -> a: take one of these names out of"
                        + " dependsOn. What runs is untouched: generation 1 stays in force.",
                plan.status().summary().getFirst());
    }

    @Test
    void transitionTimesStayWhileAStatusStays() {
        ClusterGroup group = Given.group("db");
        GroupPlan first = planner.plan(Given.facts(group, Given.active("server1", "7.1")));
        group.setStatus(first.status());
        GroupFacts later = Given.facts(group, Given.active("server1", "7.1"));
        GroupPlan second = planner.plan(
                new GroupFacts(later.group(), later.cluster(), List.of(), Set.of(), Given.NOW.plusSeconds(60)));
        assertEquals(first.status(), second.status(), "an unchanged group is not written again");
        assertEquals(List.of(), second.notes());
    }

    private static void assertCondition(GroupPlan plan, String type, String status, String reason) {
        Condition condition = Conditions.find(plan.status().conditions(), type).orElseThrow();
        assertEquals(status + " " + reason, condition.status() + " " + condition.reason(), condition.message());
    }
}
