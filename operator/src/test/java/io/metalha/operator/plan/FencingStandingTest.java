// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeSpec;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.VoterRole;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FencingStandingTest {
    private static final String FRESH = "2026-11-23T21:30:00Z";
    private final MetalCluster cluster = fenced("server1", "server2");

    @Test
    void readyWhenEachDeviceToldTheOthers() {
        FencingStanding standing =
                standing(node("server1", "server2", FRESH, null), node("server2", "server1", FRESH, null));
        assertEquals("True DevicesReachable", standing.status() + " " + standing.reason());
    }

    @Test
    void withoutFencingNothingIsConfigured() {
        assertEquals(
                "NotConfigured",
                FencingStanding.of(Given.cluster().getSpec(), List.of(), Set.of(), Given.NOW)
                        .reason());
    }

    @Test
    void aServerWithoutADeviceIsNamed() {
        FencingStanding standing = FencingStanding.of(fenced("server1").getSpec(), List.of(), Set.of(), Given.NOW);
        assertEquals(
                "server2 cannot be powered off by another server: add a device to spec.fencing.devices.",
                standing.message());
    }

    @Test
    void anUnreachableDeviceIsNamedWithWhy() {
        FencingStanding standing =
                standing(node("server1", "server2", FRESH, "no route"), node("server2", "server1", FRESH, null));
        assertEquals("Unreachable", standing.reason());
        assertEquals("server1 cannot use server2-ipmi of server2: no route.", standing.message());
    }

    @Test
    void whatWasNotAskedForLongIsOverdue() {
        FencingStanding standing = standing(
                node("server1", "server2", "2026-11-23T19:00:00Z", null), node("server2", "server1", FRESH, null));
        assertEquals("CheckOverdue", standing.reason());
    }

    @Test
    void whatASilentServerFoundLastDoesNotCount() {
        MetalClusterSpec spec = cluster.getSpec();
        List<MetalNode> nodes =
                List.of(node("server1", "server2", FRESH, "no route"), node("server2", "server1", FRESH, null));
        assertEquals(
                "DevicesReachable",
                FencingStanding.of(spec, nodes, Set.of("server1"), Given.NOW).reason());
        assertEquals(
                "NotChecked", standing(node("server2", "server1", FRESH, null)).reason());
    }

    @Test
    void aTestIsGivenToAServerThatReportsAndIsNotTheVictim() {
        ClusterOperationStatus status = plan(operation(false), node("server2", "server1", FRESH, null));
        assertEquals(OperationState.ACCEPTED, status.state());
        assertEquals("server2", status.target());
        assertEquals("Server2 is to ask the fence devices of server1.", status.message());
    }

    @Test
    void aTestWithoutADeviceOrWithoutAServerToDoItIsRefused() {
        assertEquals(OperationState.REFUSED, plan(operation(false)).state());
        ClusterOperation operation = operation(false);
        var facts = new OperationFacts(operation, null, Given.cluster(), List.of(), List.of(), Set.of(), Given.NOW);
        assertEquals(
                "Nothing was done: server1 has no fence device: add one to spec.fencing.devices of MetalCluster iptv.",
                new OperationPlanner().plan(facts).message());
    }

    @Test
    void aTestsResultIsCopied() {
        ClusterOperation operation = operation(true);
        operation.setStatus(plan(operation, node("server2", "server1", FRESH, null)));
        MetalNode done = node("server2", "server1", FRESH, null);
        MetalNodeStatus status = Serialization.unmarshal("""
                fencing:
                  operations:
                  - {uid: uid-of-test, state: Succeeded, message: server1 is off, startedAt: '2026-11-23T22:00:01Z',
                     finishedAt: '2026-11-23T22:00:09Z'}
                """, MetalNodeStatus.class);
        done.setStatus(status);
        assertEquals(OperationState.SUCCEEDED, plan(operation, done).state());
    }

    private ClusterOperationStatus plan(ClusterOperation operation, MetalNode... nodes) {
        return new OperationPlanner()
                .plan(new OperationFacts(operation, null, cluster, List.of(nodes), List.of(), Set.of(), Given.NOW));
    }

    private static ClusterOperation operation(boolean powerOff) {
        ClusterOperation operation = Serialization.unmarshal(
                "spec: {type: TestFencing, cluster: iptv, node: server1, powerOff: " + powerOff + "}",
                ClusterOperation.class);
        operation.setMetadata(new ObjectMetaBuilder()
                .withName("test")
                .withUid("uid-of-test")
                .withGeneration(1L)
                .withCreationTimestamp("2026-11-23T22:00:00Z")
                .build());
        return operation;
    }

    private FencingStanding standing(MetalNode... nodes) {
        return FencingStanding.of(cluster.getSpec(), List.of(nodes), Set.of(), Given.NOW);
    }

    private static MetalCluster fenced(String... servers) {
        var yaml = new StringBuilder("""
                spec:
                  clusterKeySecret: key
                  paths: [{name: public}]
                  nodes:
                  - {name: server1, addresses: {public: 198.18.10.11}}
                  - {name: server2, addresses: {public: 198.18.10.12}}
                  fencing:
                    devices:
                """);
        for (String server : servers) {
            yaml.append("    - {name: %s-ipmi, node: %s, agent: fence_ipmilan}\n".formatted(server, server));
        }
        return Serialization.unmarshal(yaml.toString(), MetalCluster.class);
    }

    /** @param by what it found of {@code of}'s device; reachable unless there is a message */
    private static MetalNode node(String by, String of, String checkedAt, String message) {
        var node = new MetalNode();
        node.setMetadata(new ObjectMetaBuilder().withName(by).build());
        node.setSpec(new MetalNodeSpec("iptv", VoterRole.NODE));
        node.setStatus(Serialization.unmarshal(
                """
                conditions: [{type: Ready, status: 'True', reason: Reports, message: m, lastTransitionTime: '2026-11-23T21:00:00Z'}]
                fencing:
                  devices:
                  - {name: %s-ipmi, node: %s, reachable: %b, checkedAt: '%s'%s}
                """.formatted(of, of, message == null, checkedAt, message == null ? "" : ", message: " + message),
                MetalNodeStatus.class));
        return node;
    }
}
