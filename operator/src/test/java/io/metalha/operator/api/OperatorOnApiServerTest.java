// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.ResourceState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A cluster's life on a real API server, with agents that only write what agents write; each test goes on from the last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorOnApiServerTest {
    private static final String NAMESPACE = "metalha-operator-test";
    private static final String WELL = "ready: true, observedGeneration: 1";

    private static KubernetesClient client;
    private static TestOperator operator;
    private static FakeAgent server1;
    private static FakeAgent server2;

    @BeforeAll
    static void start() {
        client = RealApiServer.client(NAMESPACE);
        RealApiServer.createNamespace(client, NAMESPACE);
        operator = new TestOperator(client, NAMESPACE);
        server1 = new FakeAgent(client, NAMESPACE, "server1");
        server2 = new FakeAgent(client, NAMESPACE, "server2");
    }

    @AfterAll
    static void stop() {
        if (operator != null) {
            operator.close();
            client.close();
        }
    }

    @Test
    @Order(1)
    void givesVotersTheirNumbersAndAcceptsTheGroups() {
        for (HasMetadata example : RealApiServer.load(client, RealApiServer.EXAMPLES)) {
            example.getMetadata().setNamespace(NAMESPACE);
            client.resource(example).create();
        }
        MetalCluster cluster = await(MetalCluster.class, "iptv", one -> one.getStatus() != null);
        assertEquals(3, cluster.getStatus().voters().voters().size());
        assertEquals(1, cluster.getStatus().voters().voters().getFirst().number());
        await(MetalNode.class, "witness", _ -> true);
        ClusterGroup group = await(ClusterGroup.class, "iptv-db", one -> one.getStatus() != null);
        assertEquals(1L, group.getStatus().acceptedGeneration());
    }

    @Test
    @Order(2)
    void becomesReadyAndRedundant() {
        server1.report("iptv-db", "role: Active, epoch: '1.1', resources: [{name: mysql, state: Running}], " + WELL);
        server2.report("iptv-db", "role: Standby, epoch: '1.1', " + WELL);
        ClusterGroup group = await("iptv-db", one -> holds(one, "Ready") && holds(one, "Redundant"));
        assertEquals("server1", group.getStatus().active());
        assertEquals("server2", group.getStatus().standbyNodes());
        assertEquals(2, group.getStatus().members().size(), "the operator's apply leaves members alone");
    }

    @Test
    @Order(3)
    void tellsAFailoverAndLaysUnknownOverTheLostOwner() {
        server2.report(
                "iptv-db",
                "role: Active, epoch: '2.2', failovers: [{id: '2.2', from: server1, to: server2, reason: NodeLost, startedAt:"
                        + " '2026-11-23T22:00:00Z', outageMillis: 1500, boundMillis: 1900}], " + WELL);
        ClusterGroup group = await("iptv-db", one -> roleOf(one, "server1") == MemberRole.UNKNOWN);
        assertEquals("server2", group.getStatus().active());
        assertEquals("1.5s", group.getStatus().outage());
        assertEquals(
                ResourceState.UNKNOWN,
                member(group, "server1").resources().getFirst().state());
        assertTrue(eventExists("Takeover"), "events are written before the status in which they show");
    }

    @Test
    @Order(4)
    void letsGoOfAMemberThatReportsAgain() {
        server1.report("iptv-db", "role: Standby, epoch: '2.2', " + WELL);
        ClusterGroup group = await(
                "iptv-db",
                one -> holds(one, "Redundant") && member(one, "server1").message() == null);
        assertEquals(MemberRole.STANDBY, roleOf(group, "server1"));
        assertEquals(List.of(), member(group, "server1").resources(), "nothing of the overlay stays behind");
    }

    @Test
    @Order(5)
    void reportsAGroupThatClaimsWhatAnotherHasAndLeavesTheOtherAlone() {
        HasMetadata thief = RealApiServer.load(client, """
                        apiVersion: metalha.io/v1alpha1
                        kind: ClusterGroup
                        metadata: {name: thief}
                        spec:
                          cluster: iptv
                          placement: {nodes: [server1, server2]}
                          resources:
                          - {name: ip, floatingIP: {address: 198.18.10.50/24}}
                        """).getFirst();
        thief.getMetadata().setNamespace(NAMESPACE);
        client.resource(thief).create();
        ClusterGroup group = await("thief", one -> holds(one, "Stalled"));
        assertNull(group.getStatus().acceptedGeneration());
        assertEquals(
                "Not acted upon: address 198.18.10.50 is used by group iptv-db already: choose another one here, or take it out"
                        + " of iptv-db. Nothing is started until then.",
                group.getStatus().summary().getFirst());
        assertTrue(holds(get("iptv-db"), "Ready"));
        client.resource(group).delete();
        client.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName("thief")
                .waitUntilCondition(one -> one == null, 30, TimeUnit.SECONDS);
    }

    @Test
    @Order(6)
    void acceptsAnOperationWithItsEpochAndCopiesTheResult() {
        HasMetadata move = RealApiServer.load(client, """
                        apiVersion: metalha.io/v1alpha1
                        kind: ClusterOperation
                        metadata: {name: home}
                        spec: {type: Failback, group: iptv-db}
                        """).getFirst();
        move.getMetadata().setNamespace(NAMESPACE);
        client.resource(move).create();
        ClusterOperation accepted = await(
                ClusterOperation.class,
                "home",
                one -> one.getStatus() != null && one.getStatus().state() == OperationState.ACCEPTED);
        assertEquals("2.2", accepted.getStatus().epoch());
        assertEquals("server1", accepted.getStatus().target());
        server1.report(
                "iptv-db",
                "role: Active, epoch: '3.1', operations: [{uid: '%s', state: Succeeded, message: moved}], "
                                .formatted(accepted.getMetadata().getUid())
                        + WELL);
        server2.report("iptv-db", "role: Standby, epoch: '3.1', " + WELL);
        await(ClusterOperation.class, "home", one -> one.getStatus().state() == OperationState.SUCCEEDED);
    }

    @Test
    @Order(7)
    void refusesAForceBesideARunningGroupWithASentence() {
        HasMetadata force = RealApiServer.load(client, """
                        apiVersion: metalha.io/v1alpha1
                        kind: ClusterOperation
                        metadata: {name: force}
                        spec: {type: ForceTakeover, group: iptv-db, node: server2, confirm: iptv-db}
                        """).getFirst();
        force.getMetadata().setNamespace(NAMESPACE);
        client.resource(force).create();
        ClusterOperation refused = await(
                ClusterOperation.class,
                "force",
                one -> one.getStatus() != null && one.getStatus().state() == OperationState.REFUSED);
        assertEquals(
                "Nothing was done: the group runs on server1: a stale copy is never put in the place of a running one.",
                refused.getStatus().message());
    }

    @Test
    @Order(8)
    void anOperatorThatStartsAgainResumes() {
        var before = get("iptv-db").getStatus();
        var voters = await(MetalCluster.class, "iptv", _ -> true).getStatus().voters();
        operator.close();
        operator = new TestOperator(client, NAMESPACE);
        server2.report("iptv-db", "role: Stopped, reason: Maintenance, message: 'not now', epoch: '3.1'");
        ClusterGroup group = await("iptv-db", one -> !holds(one, "Redundant"));
        assertEquals(before.failovers(), group.getStatus().failovers());
        assertEquals(
                voters, await(MetalCluster.class, "iptv", _ -> true).getStatus().voters());
    }

    @Test
    @Order(9)
    void aDeletedGroupGoesWhenEveryMemberHasStopped() {
        client.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName("iptv-db")
                .delete();
        ClusterGroup group =
                await("iptv-db", one -> "Deleting".equals(one.getStatus().reason()));
        assertTrue(
                group.getStatus().summary().getFirst().contains("deletionPolicy is Refuse"),
                group.getStatus().summary().toString());
        server1.report("iptv-db", "role: Stopped, epoch: '3.1'");
        client.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName("iptv-db")
                .waitUntilCondition(one -> one == null, 30, TimeUnit.SECONDS);
    }

    private static boolean eventExists(String reason) {
        return client.events().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                .anyMatch(event -> event.getReason().equals(reason));
    }

    private static ClusterGroup get(String name) {
        return client.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName(name)
                .get();
    }

    private static ClusterGroup await(String name, Predicate<ClusterGroup> condition) {
        return await(ClusterGroup.class, name, one -> one.getStatus() != null && condition.test(one));
    }

    private static <T extends CustomResource<?, ?>> T await(Class<T> type, String name, Predicate<T> condition) {
        return client.resources(type)
                .inNamespace(NAMESPACE)
                .withName(name)
                .waitUntilCondition(one -> one != null && condition.test(one), 60, TimeUnit.SECONDS);
    }

    private static boolean holds(ClusterGroup group, String type) {
        return group.getStatus() != null
                && group.getStatus().conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .anyMatch(Condition::holds);
    }

    private static Member member(ClusterGroup group, String node) {
        return group.getStatus().members().stream()
                .filter(member -> member.node().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static MemberRole roleOf(ClusterGroup group, String node) {
        return member(group, node).role();
    }
}
