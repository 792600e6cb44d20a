// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.ClusterOperationStatus;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.function.Executable;

/** The chart's admission policies: an agent writes for itself only, and what runs is not deleted by a slip. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PoliciesOnApiServerTest {
    private static final String NAMESPACE = "metalha-policies-test";
    private static KubernetesClient admin;
    private static KubernetesClient server1;
    private static KubernetesClient server2;
    private static List<HasMetadata> policies = List.of();

    @BeforeAll
    static void start() {
        admin = RealApiServer.client(NAMESPACE);
        RealApiServer.createNamespace(admin, NAMESPACE);
        server1 = RealApiServer.agent(NAMESPACE, "server1");
        server2 = RealApiServer.agent(NAMESPACE, "server2");
        policies = RealApiServer.load(admin, RealApiServer.CHART.resolve("policies"));
        policies.forEach(policy -> admin.resource(policy).serverSideApply());
        HasMetadata group = RealApiServer.load(admin, RealApiServer.EXAMPLES).stream()
                .filter(one -> one.getMetadata().getName().equals("iptv-web"))
                .findFirst()
                .orElseThrow();
        group.getMetadata().setNamespace(NAMESPACE);
        admin.resource(group).create();
        new FakeAgent(server2, NAMESPACE, "server2").report("iptv-web", "role: Active, epoch: '1.2'");
        awaitPolicies();
    }

    @AfterAll
    static void stop() {
        policies.forEach(policy -> admin.resource(policy).delete());
        for (KubernetesClient client : new KubernetesClient[] {admin, server1, server2}) {
            if (client != null) {
                client.close();
            }
        }
    }

    /** The API server takes a moment to compile them. */
    private static void awaitPolicies() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
            try {
                // A new value each time: what changes nothing is no offence.
                apply(server1, status("thief" + attempt));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            } catch (KubernetesClientException e) {
                return;
            }
        }
        throw new AssertionError("the policies were not in force after 30 s");
    }

    @Test
    @Order(1)
    void anAgentReportsForItself() {
        new FakeAgent(server1, NAMESPACE, "server1").report("iptv-web", "role: Standby, epoch: '1.2'");
        new FakeAgent(server2, NAMESPACE, "server2").report("iptv-web", "role: Active, ready: true, epoch: '1.2'");
    }

    /** Of everything that an agent reports of its machine: a field that the policy does not know would silence it. */
    @Test
    @Order(1)
    void anAgentReportsWhatItFindsOfItsMachine() {
        MetalNode node = Serialization.unmarshal("spec: {cluster: iptv, role: Node}", MetalNode.class);
        node.setMetadata(new ObjectMetaBuilder()
                .withName("server1")
                .withNamespace(NAMESPACE)
                .build());
        admin.resource(node).create();
        var report = new MetalNode();
        report.setMetadata(node.getMetadata());
        report.setStatus(Serialization.unmarshal("""
                reportedAt: '2026-11-23T21:00:00Z'
                pathsUp: 1/1
                paths: [{peer: server2, path: public, state: Up}]
                versions: {agent: x}
                keeper: {realtime: true}
                capacity: {processors: 2}
                fencing: {devices: [{name: server2-ipmi, node: server2, reachable: true}]}
                warnings: [x]
                """, MetalNodeStatus.class));
        server1.resource(report).subresource("status").patch(RealApiServer.applyAs("metalha-agent-server1"));
    }

    @Test
    @Order(2)
    void butNotForAnother() {
        assertRefused(
                "the agent of server1 may change only status.members[server1]: another node reports for itself",
                () -> new FakeAgent(server1, NAMESPACE, "server2").report("iptv-web", "role: Stopped, epoch: '9.1'"));
    }

    @Test
    @Order(3)
    void norForTheOperator() {
        assertRefused(
                "the agent of server1 may change only status.members[server1] of a ClusterGroup, status.answers[server1] of an"
                        + " Explain and the status of MetalNode server1",
                () -> apply(server1, status("server1")));
    }

    @Test
    @Order(4)
    void norTheSpec() {
        assertRefused(
                "an agent changes nothing but clustergroups/status, metalnodes/status and clusteroperations/status of its own"
                        + " namespace",
                () -> server1.resources(ClusterGroup.class)
                        .inNamespace(NAMESPACE)
                        .withName("iptv-web")
                        .edit(group -> {
                            group.getMetadata().setLabels(java.util.Map.of("by", "agent"));
                            return group;
                        }));
    }

    @Test
    @Order(5)
    void anAgentAnswersAQuestionForItself() {
        operation("ask", OperationType.EXPLAIN);
        answer(server1, "ask", "server1");
        answer(server2, "ask", "server2");
        assertEquals(
                List.of("server1", "server2"),
                admin
                        .resources(ClusterOperation.class)
                        .inNamespace(NAMESPACE)
                        .withName("ask")
                        .get()
                        .getStatus()
                        .answers()
                        .stream()
                        .map(OperationAnswer::node)
                        .toList());
    }

    @Test
    @Order(6)
    void butNotForAnotherNorWhatIsNoQuestion() {
        assertRefused(
                "the agent of server1 may change only status.answers[server1]: another node reports for itself",
                () -> answer(server1, "ask", "server3"));
        operation("stop", OperationType.STOP);
        assertRefused("the agent of server1 may change only", () -> answer(server1, "stop", "server1"));
        assertRefused(
                "the agent of server1 may change only",
                () -> applyStatus(
                        server1,
                        "ask",
                        new ClusterOperationStatus(
                                OperationState.ACCEPTED, null, null, null, null, null, null, List.of(), null)));
    }

    private static void operation(String name, OperationType type) {
        var operation = new ClusterOperation();
        operation.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(NAMESPACE).build());
        operation.setSpec(new ClusterOperationSpec(type, "iptv-web", null, null, null, null, null));
        admin.resource(operation).create();
    }

    private static void answer(KubernetesClient client, String operation, String node) {
        applyStatus(
                client,
                operation,
                new ClusterOperationStatus(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        List.of(new OperationAnswer(node, null, List.of("Stay"), List.of(), null, null))));
    }

    private static void applyStatus(KubernetesClient client, String name, ClusterOperationStatus status) {
        var operation = new ClusterOperation();
        operation.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(NAMESPACE).build());
        operation.setStatus(status);
        client.resource(operation)
                .subresource("status")
                .patch(RealApiServer.applyAs("test-"
                        + status.answers().stream()
                                .map(OperationAnswer::node)
                                .findFirst()
                                .orElse("none")));
    }

    @Test
    @Order(7)
    void aRunningGroupIsNotDeletedUnlessItsPolicySaysStop() {
        assertRefused(
                "group iptv-web runs on server2 and is not deleted: set spec.deletionPolicy to Stop first, then deleting it"
                        + " stops it in order and leaves its data",
                () -> admin.resources(ClusterGroup.class)
                        .inNamespace(NAMESPACE)
                        .withName("iptv-web")
                        .delete());
        admin.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName("iptv-web")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"deletionPolicy\":\"Stop\"}}");
        admin.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName("iptv-web")
                .delete();
    }

    private static ClusterGroupStatus status(String active) {
        var none = ClusterGroupStatus.ofMembers(List.of());
        return new ClusterGroupStatus(
                none.summary(),
                null,
                null,
                List.of(),
                active,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of());
    }

    private static void apply(KubernetesClient client, ClusterGroupStatus status) {
        var group = new ClusterGroup();
        group.setMetadata(new ObjectMetaBuilder()
                .withName("iptv-web")
                .withNamespace(NAMESPACE)
                .build());
        group.setStatus(status);
        client.resource(group).subresource("status").patch(RealApiServer.applyAs("test"));
    }

    private static void assertRefused(String sentence, Executable request) {
        var refusal = assertThrows(KubernetesClientException.class, request);
        assertTrue(refusal.getMessage().contains(sentence), refusal.getMessage());
    }
}
