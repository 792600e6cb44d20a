// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.metalha.e2e.lab.Commands;
import io.metalha.e2e.lab.Commands.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The API objects of the lab's namespace: read with the client, written with kubectl as a person does. */
public final class Api implements AutoCloseable {
    private static final String API_VERSION = "metalha.io/v1alpha1";
    private static final Duration KUBECTL = Duration.ofSeconds(20);
    private static final int REQUEST_MILLIS = 3000;

    /** Tells with each kind that v1alpha1 is no stable version: not what the user of a test came to read. Kept, or it is forgotten. */
    private static final Logger VERSIONS =
            Logger.getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils");

    static {
        VERSIONS.setLevel(Level.SEVERE);
    }

    private final ObjectMapper mapper = new ObjectMapper();
    private final AtomicInteger operations = new AtomicInteger();
    private final String namespace;
    private final Path kubeconfig;
    private final KubernetesClient client;

    public Api(Path kubeconfig, String namespace) {
        this.namespace = namespace;
        this.kubeconfig = kubeconfig;
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        config.setClientKeyAlgo(KeyAlgorithm.of(config.getClientKeyData()));
        config.setRequestTimeout(REQUEST_MILLIS);
        config.setConnectionTimeout(REQUEST_MILLIS);
        config.setRequestRetryBackoffLimit(0);
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    public Group group(String name) {
        return new Group(name, object("ClusterGroup", name));
    }

    /** The object, or a missing node where there is none. */
    public JsonNode object(String kind, String name) {
        GenericKubernetesResource found = client.genericKubernetesResources(API_VERSION, kind)
                .inNamespace(namespace)
                .withName(name)
                .get();
        return found == null ? MissingNode.getInstance() : mapper.valueToTree(found);
    }

    /** Creates a ClusterOperation and returns its name. */
    public String operation(String type, Map<String, Object> more) {
        String name = "e2e-%s-%d-%d"
                .formatted(
                        type.toLowerCase(Locale.ROOT), ProcessHandle.current().pid(), operations.incrementAndGet());
        var spec = new LinkedHashMap<String, Object>(more);
        spec.put("type", type);
        GenericKubernetesResource operation = new GenericKubernetesResourceBuilder()
                .withApiVersion(API_VERSION)
                .withKind("ClusterOperation")
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build();
        operation.setAdditionalProperty("spec", spec);
        client.resource(operation).create();
        return name;
    }

    public Result kubectl(String... words) {
        var command = new ArrayList<>(
                List.of("kubectl", "--kubeconfig", kubeconfig.toString(), "-n", namespace, "--request-timeout=15s"));
        command.addAll(List.of(words));
        return Commands.run(KUBECTL, command.toArray(String[]::new));
    }

    @Override
    public void close() {
        client.close();
    }
}
