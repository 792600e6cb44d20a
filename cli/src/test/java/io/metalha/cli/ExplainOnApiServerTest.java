// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.node.kube.KubeLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real API server between the plugin and the agents' own link, with no operator running. */
class ExplainOnApiServerTest {
    private static final String SPACE = "metalha";

    @TempDir
    static Path folder;

    private static KubeAPIServer server;
    private static KubernetesClient client;
    private static Path kubeconfig;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void begin() throws IOException {
        String dir = System.getenv("KUBE_API_TEST_DIR");
        Assumptions.assumeTrue(
                dir != null && Files.isDirectory(Path.of(dir, "k8s")),
                "KUBE_API_TEST_DIR names no folder with a real kube-apiserver");
        server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(dir)
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .withStartupTimeout(120_000)
                .build());
        server.start();
        kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(kubeconfig, server.getKubeConfigYaml());
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build();
        try (Stream<Path> crds = Files.list(Path.of("../helm/metalha/crds"))) {
            for (Path crd : crds.toList()) {
                client.load(Files.newInputStream(crd)).serverSideApply();
            }
        }
        for (CustomResourceDefinition crd :
                client.resources(CustomResourceDefinition.class).list().getItems()) {
            client.resource(crd)
                    .waitUntilCondition(
                            now -> now != null
                                    && now.getStatus() != null
                                    && now.getStatus().getConditions() != null
                                    && now.getStatus().getConditions().stream()
                                            .anyMatch(condition -> condition
                                                            .getType()
                                                            .equals("Established")
                                                    && condition.getStatus().equals("True")),
                            30,
                            TimeUnit.SECONDS);
        }
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SPACE)
                        .endMetadata()
                        .build())
                .serverSideApply();
        client.load(Files.newInputStream(Path.of("../examples/iptv/database.yaml")))
                .serverSideApply();
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
    void everyNodeAnswersAndTheQuestionIsTakenAway() {
        try (Agent _ = new Agent("server1");
                Agent _ = new Agent("server2")) {
            int status = run("explain", "iptv-db", "-n", SPACE, "--timeout", "30s");
            assertEquals(0, status, () -> out + " " + err);
        }
        assertTrue(out.toString().contains("Stay: server1 says so"), out::toString);
        assertTrue(out.toString().contains("Stay: server2 says so"), out::toString);
        assertEquals(List.of(), operations());
    }

    @Test
    void saysWhoDidNotAnswer() {
        try (Agent _ = new Agent("server2")) {
            int status = run("explain", "iptv-db", "-n", SPACE, "-o", "json", "--timeout", "5s");
            assertEquals(3, status, () -> out + " " + err);
        }
        assertTrue(err.toString().startsWith("server1 did not answer within 5s"), err::toString);
        assertTrue(out.toString().contains("\"silent\" : [ \"server1\" ]"), out::toString);
        assertEquals(List.of(), operations());
    }

    @Test
    void knowsNoSuchGroup() {
        assertEquals(1, run("explain", "no-such-group", "-n", SPACE));
        assertEquals(1, run("describe", "no-such-group", "-n", SPACE));
        assertEquals(0, run("describe", "iptv-db", "-n", SPACE), err::toString);
    }

    private int run(String... words) {
        var all = Stream.concat(Stream.of(words), Stream.of("--kubeconfig", kubeconfig.toString()))
                .toArray(String[]::new);
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }

    private static List<ClusterOperation> operations() {
        return client.resources(ClusterOperation.class)
                .inNamespace(SPACE)
                .list()
                .getItems();
    }

    /** The agent's own way to the API server; what it says is made up here. */
    private static final class Agent implements AutoCloseable, KubeLink.Listener {
        private final String node;
        private final AtomicReference<KubeLink> link = new AtomicReference<>();

        Agent(String node) {
            this.node = node;
            link.set(KubeLink.open(kubeconfig, SPACE, "iptv", node, this, _ -> {}));
        }

        @Override
        public void operation(ClusterOperation operation) {
            KubeLink known = link.get();
            if (known != null && operation.getSpec().type() == OperationType.EXPLAIN) {
                known.status()
                        .answer(
                                operation,
                                new OperationAnswer(
                                        node, null, List.of("Stay: " + node + " says so"), List.of(), null, null));
            }
        }

        @Override
        public void cluster(MetalCluster cluster) {}

        @Override
        public void group(ClusterGroup group) {}

        @Override
        public void groupGone(String name) {}

        @Override
        public void secret(String name, Map<String, byte[]> content) {}

        @Override
        public void close() {
            link.get().close();
        }
    }
}
