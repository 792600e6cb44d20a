// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voters;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeSpec;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.Profile;
import io.metalha.api.v1alpha1.VoterRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClusterPlannerTest {
    private final ClusterPlanner planner = new ClusterPlanner();

    @Test
    void theFirstSetComesAtOnce() {
        ClusterPlan plan = plan(Given.cluster(), 0);
        assertEquals(Map.of("server1", 1, "server2", 2, "witness", 3), numbers(plan));
        assertEquals(1008, plan.status().failoverBound().beforeStartMillis());
        assertEquals(
                Map.of("server1", VoterRole.NODE, "server2", VoterRole.NODE, "witness", VoterRole.WITNESS),
                plan.nodes());
    }

    /** {1,2,3} to {2,3,4,5}: one voter a step, and a step only when all that stay use the present set. */
    @Test
    void changesOneVoterAtATimeAndNeverUsesANumberAgain() {
        MetalCluster cluster = Given.cluster();
        cluster.setStatus(plan(cluster, 0).status());
        MetalCluster changed = Given.cluster("server2, server3, server4");
        changed.setStatus(cluster.getStatus());

        changed.setStatus(plan(changed, 1).status());
        assertEquals("2: server1 server2 server3 witness", text(changed));
        assertEquals(
                "2: server1 server2 server3 witness",
                text(plan(changed, 1).status().voters()),
                "not all use set 2");
        changed.setStatus(plan(changed, 2).status());
        assertEquals("3: server1 server2 server3 server4 witness", text(changed));
        changed.setStatus(plan(changed, 3).status());
        assertEquals("4: server2 server3 server4 witness", text(changed));
        assertEquals(
                "4: server2 server3 server4 witness",
                text(plan(changed, 4).status().voters()));

        MetalCluster back = Given.cluster("server1, server2, server3, server4");
        back.setStatus(changed.getStatus());
        assertEquals(6, numbers(plan(back, 4)).get("server1"), "number 1 is not used again");
    }

    /** With one of three dead and a fourth that knows nothing, two of four would be no majority. */
    @Test
    void aDeadMachineIsTakenOutBeforeAnotherIsAdded() {
        MetalCluster cluster = Given.cluster();
        cluster.setStatus(plan(cluster, 0).status());
        MetalCluster changed = Given.cluster("server1, server3");
        changed.setStatus(cluster.getStatus());
        List<MetalNode> nodes = Stream.of("server1", "server2", "witness")
                .map(name -> node(name, 1))
                .toList();

        ClusterPlan plan = planner.plan(new ClusterFacts(changed, nodes, List.of(), Set.of("server2"), Given.NOW));

        assertEquals("2: server1 witness", text(plan.status().voters()));
        ClusterPlan waiting = planner.plan(new ClusterFacts(changed, nodes, List.of(), Set.of("witness"), Given.NOW));
        assertEquals("1: server1 server2 witness", text(waiting.status().voters()), "one that stays says nothing");
    }

    @Test
    void aNodeThatAGroupNeedsIsNotRemoved() {
        MetalCluster cluster = Given.cluster();
        cluster.setStatus(plan(cluster, 0).status());
        MetalCluster changed = Given.cluster("server2");
        changed.getMetadata().setGeneration(2L);
        changed.setStatus(cluster.getStatus());
        ClusterGroup group = Given.group("db");

        ClusterPlan plan = planner.plan(new ClusterFacts(changed, List.of(), List.of(group), Set.of(), Given.NOW));

        assertEquals(1L, plan.status().acceptedGeneration());
        assertEquals(cluster.getStatus().voters(), plan.status().voters());
        Condition stalled =
                Conditions.find(plan.status().conditions(), "Stalled").orElseThrow();
        assertEquals("NodeStillNeeded", stalled.reason());
        assertEquals(
                "server1 was taken out of nodes, but group db may run there: take it out of that group's placement.nodes"
                        + " first.",
                stalled.message());
    }

    @Test
    void readyNeedsAMajorityOfReports() {
        ClusterPlan plan = planner.plan(
                new ClusterFacts(Given.cluster(), List.of(), List.of(), Set.of("server1", "witness"), Given.NOW));
        Condition ready = Conditions.find(plan.status().conditions(), "Ready").orElseThrow();
        assertEquals("NoMajority", ready.reason());
        assertTrue(ready.message().contains("server1, witness"), ready.message());
    }

    @Test
    void everyProfilePassesTheKeepersOwnRelations() {
        for (var profile : io.metalha.api.v1alpha1.Profile.values()) {
            assertEquals(List.of(), TimingPlan.check(TimingPlan.derive(profile, null)), profile.name());
        }
    }

    @Test
    void fastIsInForceOnceEveryKeeperHasRealTimePriority() {
        MetalCluster cluster = fast();
        assertEquals(
                Duration.ofMillis(800), lease(cluster, "server1 true", "server2 true"), "the witness has not said");
        assertEquals(Duration.ofMillis(200), lease(cluster, "server1 true", "server2 true", "witness true"));
    }

    @Test
    void fastIsRefusedWhereRealTimePriorityIsAndNormalIsUsed() {
        MetalCluster cluster = fast();
        ClusterPlan plan = plan(cluster, keepers("server1 true", "server2 false", "witness true"));
        assertEquals(Duration.ofMillis(800), plan.status().timing().lease());
        assertEquals(1L, plan.status().acceptedGeneration(), "all else that the spec says is acted upon");
        Condition stalled =
                Conditions.find(plan.status().conditions(), "Stalled").orElseThrow();
        assertEquals("True NoRealtime", stalled.status() + " " + stalled.reason());
        assertTrue(stalled.message().contains("refused on server2"), stalled.message());
    }

    /** A machine that joins has not reported yet: that is no reason to change the others' timers twice. */
    @Test
    void fastStaysInForceWhileAMachineThatJoinsHasNotReported() {
        MetalCluster cluster = fast();
        cluster.setStatus(plan(cluster, keepers("server1 true", "server2 true", "witness true"))
                .status());
        assertEquals(Duration.ofMillis(200), lease(cluster, "server1 true", "server2 true"));
    }

    private static MetalCluster fast() {
        MetalCluster cluster = Given.cluster();
        cluster.setSpec(Serialization.unmarshal(
                Serialization.asYaml(cluster.getSpec()).replace("\"Normal\"", "\"Fast\""), MetalClusterSpec.class));
        assertEquals(Profile.FAST, cluster.getSpec().profile());
        return cluster;
    }

    private Duration lease(MetalCluster cluster, String... keepers) {
        return plan(cluster, keepers(keepers)).status().timing().lease();
    }

    private ClusterPlan plan(MetalCluster cluster, List<MetalNode> nodes) {
        return planner.plan(new ClusterFacts(cluster, nodes, List.of(), Set.of(), Given.NOW));
    }

    /** @param keepers a machine's name and whether its keeper has real-time priority */
    private static List<MetalNode> keepers(String... keepers) {
        return Stream.of(keepers)
                .map(text -> text.split(" "))
                .map(words -> node(
                        words[0], new MetalNodeStatus.Keeper(Boolean.valueOf(words[1]), null, null, null, 1L, null)))
                .toList();
    }

    private ClusterPlan plan(MetalCluster cluster, long adopted) {
        List<MetalNode> nodes = Stream.of("server1", "server2", "server3", "server4", "witness")
                .map(name -> node(name, adopted))
                .toList();
        return plan(cluster, nodes);
    }

    private static MetalNode node(String name, long adopted) {
        return node(name, new MetalNodeStatus.Keeper(null, null, null, null, adopted, null));
    }

    private static MetalNode node(String name, MetalNodeStatus.Keeper keeper) {
        var node = new MetalNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(new MetalNodeSpec("iptv", VoterRole.NODE));
        node.setStatus(new MetalNodeStatus(List.of(), null, null, List.of(), null, keeper, null, null, List.of()));
        return node;
    }

    private static Map<String, Integer> numbers(ClusterPlan plan) {
        var numbers = new TreeMap<String, Integer>();
        plan.status().voters().voters().forEach(voter -> numbers.put(voter.name(), voter.number()));
        return numbers;
    }

    private static String text(MetalCluster cluster) {
        return text(cluster.getStatus().voters());
    }

    private static String text(Voters voters) {
        return voters.sequence() + ": "
                + String.join(
                        " ",
                        voters.voters().stream()
                                .map(voter -> voter.name())
                                .sorted()
                                .toList());
    }
}
