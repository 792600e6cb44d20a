// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.operator.kube.StatusWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The operator is killed after its first write, its second, and so on, until one whole life needs no more; a fresh one, minutes
 * later by the clock on the wall, comes to the same end and tells nothing twice.
 */
class KilledOperatorOnApiServerTest {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration AWAY = Duration.ofMinutes(7);
    /** Reconcilers look again after ten seconds. */
    private static final Duration SETTLED = Duration.ofSeconds(12);

    private static final int WRITES_MAX = 100;
    private static final String WELL = "ready: true, observedGeneration: 1";

    /** What is left in the end: each object's status without times, by kind and name. */
    private record Life(Map<String, JsonNode> end, boolean killed) {}

    @Test
    void aFreshOperatorCompletesWhatAKilledOneBegan() {
        Life whole = live(Integer.MAX_VALUE, Map.of());
        int writes = 0;
        Life life;
        do {
            life = live(writes, whole.end());
            assertEquals(whole.end(), life.end(), "killed after " + writes + " writes");
            writes++;
        } while (life.killed() && writes < WRITES_MAX);
        System.out.println("an operator that was killed after each of " + (writes - 1) + " writes was completed");
        assertTrue(writes > 10 && writes < WRITES_MAX, "writes of one life: " + writes);
    }

    private static Life live(int writes, Map<String, JsonNode> awaited) {
        String namespace = "metalha-killed-" + (writes == Integer.MAX_VALUE ? "never" : writes);
        var killer = new WritesUntilKilled(writes);
        try (KubernetesClient api = RealApiServer.client(namespace);
                KubernetesClient first = RealApiServer.client(namespace, killer)) {
            RealApiServer.createNamespace(api, namespace);
            begin(api, namespace);
            try (var _ = new TestOperator(first, namespace)) {
                BooleanSupplier over = over(api, namespace, awaited);
                await(api, namespace, awaited, () -> killer.killed() || over.getAsBoolean());
            }
            try (var _ = new TestOperator(api, namespace, () -> Instant.now().plus(AWAY))) {
                await(api, namespace, awaited, over(api, namespace, awaited));
            }
            Map<String, JsonNode> end = end(api, namespace);
            assertNothingToldTwice(api, namespace);
            assertAgentsOwnTheirEntries(api, namespace);
            return new Life(end, killer.killed());
        }
    }

    /** A cluster whose group has just failed over. Without an operation: after minutes without an agent it fails, rightly. */
    private static void begin(KubernetesClient api, String namespace) {
        for (HasMetadata example : RealApiServer.load(api, RealApiServer.EXAMPLES)) {
            example.getMetadata().setNamespace(namespace);
            api.resource(example).create();
        }
        report(api, namespace);
    }

    private static void report(KubernetesClient api, String namespace) {
        new FakeAgent(api, namespace, "server2")
                .report(
                        "iptv-db",
                        "role: Active, epoch: '2.2', failovers: [{id: '2.2', from: server1, to: server2, reason: NodeLost,"
                                + " startedAt: '2026-11-23T22:00:00Z', outageMillis: 1500, boundMillis: 1900}], "
                                + WELL);
        new FakeAgent(api, namespace, "server1").report("iptv-db", "role: Standby, epoch: '2.2', " + WELL);
    }

    /** Agents go on reporting: a silent one would be another story. */
    private static void await(
            KubernetesClient api, String namespace, Map<String, JsonNode> awaited, BooleanSupplier condition) {
        long begin = System.nanoTime();
        long reported = begin;
        while (!condition.getAsBoolean()) {
            long now = System.nanoTime();
            if (now - begin > BOUND.toNanos()) {
                assertEquals(awaited, end(api, namespace), namespace);
            }
            if (now - reported > BOUND.toNanos() / 6) {
                report(api, namespace);
                reported = now;
            }
            LockSupport.parkNanos(100_000_000L);
        }
    }

    /** As the whole life ended; that one is over when nothing has changed for longer than reconcilers rest. */
    private static BooleanSupplier over(KubernetesClient api, String namespace, Map<String, JsonNode> awaited) {
        var last = new AtomicReference<>(Map.<String, JsonNode>of());
        var since = new AtomicLong();
        return () -> {
            Map<String, JsonNode> end = end(api, namespace);
            if (!awaited.isEmpty()) {
                return end.equals(awaited);
            }
            if (!end.equals(last.getAndSet(end))) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() > SETTLED.toNanos();
        };
    }

    private static Map<String, JsonNode> end(KubernetesClient api, String namespace) {
        var end = new TreeMap<String, JsonNode>();
        for (Class<? extends CustomResource<?, ?>> kind :
                List.of(MetalCluster.class, MetalNode.class, ClusterGroup.class)) {
            for (CustomResource<?, ?> one :
                    api.resources(kind).inNamespace(namespace).list().getItems()) {
                JsonNode status = Serialization.jsonMapper().valueToTree(one.getStatus());
                status.findParents("lastTransitionTime")
                        .forEach(parent -> ((ObjectNode) parent).remove("lastTransitionTime"));
                status.findParents("reportedAt").forEach(parent -> ((ObjectNode) parent).remove("reportedAt"));
                end.put(one.getKind() + " " + one.getMetadata().getName(), status);
            }
        }
        return end;
    }

    private static void assertNothingToldTwice(KubernetesClient api, String namespace) {
        Map<String, Long> told = api.events().v1().events().inNamespace(namespace).list().getItems().stream()
                .collect(Collectors.groupingBy(
                        event -> event.getRegarding().getKind() + " "
                                + event.getRegarding().getName() + " " + event.getReason() + ": " + event.getNote(),
                        TreeMap::new,
                        Collectors.counting()));
        assertTrue(told.values().stream().allMatch(count -> count == 1), namespace + ": " + told);
        assertTrue(
                told.keySet().stream().anyMatch(event -> event.startsWith("ClusterGroup iptv-db Takeover")),
                told::toString);
    }

    private static void assertAgentsOwnTheirEntries(KubernetesClient api, String namespace) {
        api.resources(ClusterGroup.class).inNamespace(namespace).list().getItems().stream()
                .flatMap(group -> group.getMetadata().getManagedFields().stream())
                .filter(entry -> entry.getManager().startsWith(StatusWriter.OPERATOR))
                .forEach(entry -> assertTrue(
                        !Serialization.asJson(entry.getFieldsV1()).contains("f:members"),
                        () -> namespace + ": " + entry));
    }
}
