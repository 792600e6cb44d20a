// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assumptions.abort;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One real kube-apiserver with our CRDs for all tests of this JVM; where its binaries are missing, tests are skipped. */
final class RealApiServer {
    static final Path CHART = Path.of("../helm/metalha");
    static final Path EXAMPLES = Path.of("../examples/iptv");

    private static final List<String> BINARIES = List.of("etcd", "kube-apiserver", "kubectl");
    private static KubeAPIServer running;

    private RealApiServer() {}

    static synchronized KubernetesClient client(String namespace) {
        Config config = Config.fromKubeconfig(kubeconfig());
        config.setNamespace(namespace);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** A client whose requests pass {@code interceptor}, which may throw. */
    static KubernetesClient client(String namespace, Interceptor interceptor) {
        Config config = Config.fromKubeconfig(kubeconfig());
        config.setNamespace(namespace);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("test", interceptor))
                .build();
    }

    /** A client that takes its way through {@code port} of this machine. */
    static KubernetesClient client(String namespace, int port) {
        Config config = Config.fromKubeconfig(kubeconfig());
        config.setNamespace(namespace);
        config.setMasterUrl("https://127.0.0.1:" + port);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** A client that acts as a machine's agent; only its name counts here, because policies look at nothing else. */
    static KubernetesClient agent(String namespace, String node) {
        Config config = Config.fromKubeconfig(kubeconfig());
        config.setNamespace(namespace);
        config.setImpersonateUsername("system:serviceaccount:" + namespace + ":metalha-agent-" + node);
        config.setImpersonateGroups("system:masters");
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    static void createNamespace(KubernetesClient client, String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    private static synchronized String kubeconfig() {
        if (running == null) {
            Path folder = binaries()
                    .orElseGet(() -> abort("no kube-apiserver: set KUBE_API_TEST_DIR, or run examples/lab/setup once"));
            KubeAPIServer server = start(folder);
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
            applyCrds(server.getKubeConfigYaml());
            running = server;
        }
        return running.getKubeConfigYaml();
    }

    /** Its ports are chosen by trying, so another process may take one in between: three attempts. */
    private static KubeAPIServer start(Path folder) {
        for (int attempt = 1; ; attempt++) {
            var server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withTestDir(folder.toString())
                    .withOfflineMode(true)
                    .withStartupTimeout(120_000)
                    .build());
            try {
                server.start();
                return server;
            } catch (KubeAPITestException e) {
                server.stop();
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    private static void applyCrds(String kubeconfig) {
        try (var client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig))
                .build()) {
            for (HasMetadata crd : load(client, CHART.resolve("crds"))) {
                client.resource(crd).serverSideApply();
                client.resources(CustomResourceDefinition.class)
                        .withName(crd.getMetadata().getName())
                        .waitUntilCondition(RealApiServer::isEstablished, 30, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    /** Every object of a folder's YAML files. */
    static List<HasMetadata> load(KubernetesClient client, Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .flatMap(file -> load(client, read(file)).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<HasMetadata> load(KubernetesClient client, String yaml) {
        return client.load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .items();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PatchContext applyAs(String manager) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .build();
    }

    /** A folder as kube-api-test wants it: k8s/VERSION-linux-amd64/{etcd,kube-apiserver,kubectl}. */
    private static Optional<Path> binaries() {
        String given = System.getenv("KUBE_API_TEST_DIR");
        if (given != null && Files.isDirectory(Path.of(given, "k8s"))) {
            return Optional.of(Path.of(given));
        }
        Path built = Path.of(System.getProperty("user.home"), ".cache/metalha/control-plane");
        if (!BINARIES.stream().allMatch(name -> Files.isExecutable(built.resolve(name)))) {
            return Optional.empty();
        }
        try {
            Path folder =
                    Files.createDirectories(Path.of("target/kube-api-test").toAbsolutePath());
            Path version = Files.createDirectories(folder.resolve("k8s/" + version(built) + "-linux-amd64"));
            for (String name : BINARIES) {
                Files.deleteIfExists(version.resolve(name));
                Files.createSymbolicLink(version.resolve(name), built.resolve(name));
            }
            return Optional.of(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version(Path built) throws IOException {
        Process process = new ProcessBuilder(built.resolve("kube-apiserver").toString(), "--version").start();
        try (var out = process.inputReader()) {
            return out.readLine().replace("Kubernetes v", "").strip();
        }
    }
}
