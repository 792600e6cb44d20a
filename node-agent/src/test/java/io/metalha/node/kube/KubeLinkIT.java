// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.MetalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real API server: what is applied comes in, and each node writes its own member entry and nobody else's. */
class KubeLinkIT {
    private static final String SPACE = "metalha";
    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static KubeAPIServer server;
    private static KubernetesClient client;
    private static Path kubeconfig;

    private final Map<String, Object> shown = new ConcurrentHashMap<>();

    @BeforeAll
    static void begin() throws IOException {
        server = RealApi.start();
        kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(kubeconfig, server.getKubeConfigYaml());
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build();
        try (Stream<Path> crds = Files.list(Path.of("../helm/metalha/crds"))) {
            for (Path crd :
                    crds.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                client.load(Files.newInputStream(crd)).create();
            }
        }
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SPACE)
                        .endMetadata()
                        .build())
                .create();
        until("the CRDs are established", () -> {
            try {
                client.resources(ClusterGroup.class).inNamespace(SPACE).list();
                client.resources(MetalCluster.class).inNamespace(SPACE).list();
                client.resources(ClusterOperation.class).inNamespace(SPACE).list();
                return true;
            } catch (RuntimeException _) {
                return false;
            }
        });
    }

    @AfterAll
    static void end() {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void bringsWhatIsAppliedAndWritesOwnMembersSideBySide() throws IOException {
        client.load(Files.newInputStream(Path.of("../examples/iptv/cluster.yaml")))
                .create();
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("iptv-cluster-key")
                        .withNamespace(SPACE)
                        .endMetadata()
                        .addToData("key", Base64.getEncoder().encodeToString(new byte[32]))
                        .build())
                .create();
        try (KubeLink one = open("server1");
                KubeLink two = open("server2")) {
            client.load(Files.newInputStream(Path.of("../examples/iptv/database.yaml")))
                    .create();
            until("the cluster, the group and the key are seen", () -> shown.keySet()
                    .containsAll(List.of("cluster iptv", "group iptv-db", "secret iptv-cluster-key")));
            one.status().member("iptv-db", member("server1", MemberRole.ACTIVE));
            two.status().member("iptv-db", member("server2", MemberRole.STANDBY));
            until("both members are written", () -> members().size() == 2);
            two.status().member("iptv-db", member("server2", MemberRole.ACTIVE));
            until("the second changed its own", () -> members().stream()
                    .allMatch(member -> member.role() == MemberRole.ACTIVE));
            assertEquals(
                    List.of("server1", "server2"),
                    members().stream().map(Member::node).sorted().toList());
            client.resources(ClusterGroup.class)
                    .inNamespace(SPACE)
                    .withName("iptv-db")
                    .delete();
            until("its end is seen", () -> shown.containsKey("gone iptv-db"));
        }
    }

    @Test
    void hearsOfAnOperationAlthoughItsInformerDiedSilently() throws IOException {
        try (KubeLink link = open("server1")) {
            until("the link watches", () -> link.watched().size() == 3);
            link.watched().forEach(Watched::loseInformer);
            client.load(new java.io.ByteArrayInputStream("""
                            apiVersion: metalha.io/v1alpha1
                            kind: ClusterOperation
                            metadata: {name: unheard, namespace: metalha}
                            spec: {type: Stop, group: iptv-web}
                            """.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .create();
            until("the operation is seen", () -> shown.containsKey("operation unheard"));
        }
    }

    @Test
    void waitsForAKubeconfigThatIsNotThereYet() {
        try (KubeLink link = KubeLink.open(
                folder.resolve("nowhere"), SPACE, "iptv", "server1", listener(), text -> shown.put("said", text))) {
            link.status().member("iptv-db", member("server1", MemberRole.ACTIVE));
            until("it says so", () -> shown.containsKey("said"));
            assertTrue(shown.get("said").toString().contains("nowhere"));
        }
    }

    private static List<Member> members() {
        var group = client.resources(ClusterGroup.class)
                .inNamespace(SPACE)
                .withName("iptv-db")
                .get();
        return group.getStatus() == null ? List.of() : group.getStatus().members();
    }

    private KubeLink open(String node) {
        return KubeLink.open(kubeconfig, SPACE, "iptv", node, listener(), System.err::println);
    }

    private KubeLink.Listener listener() {
        return new KubeLink.Listener() {
            @Override
            public void cluster(MetalCluster cluster) {
                shown.put("cluster " + cluster.getMetadata().getName(), cluster);
            }

            @Override
            public void group(ClusterGroup group) {
                shown.put("group " + group.getMetadata().getName(), group);
            }

            @Override
            public void groupGone(String name) {
                shown.put("gone " + name, name);
            }

            @Override
            public void operation(ClusterOperation operation) {
                shown.put("operation " + operation.getMetadata().getName(), operation);
            }

            @Override
            public void secret(String name, Map<String, byte[]> content) {
                shown.put("secret " + name, content);
            }
        };
    }

    private static Member member(String node, MemberRole role) {
        return new Member(
                node,
                role,
                true,
                null,
                null,
                null,
                "1.1",
                1L,
                "2026-01-01T00:00:00Z",
                List.of(),
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of());
    }

    private static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + BOUND + ": " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
