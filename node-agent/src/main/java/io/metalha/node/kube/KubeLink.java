// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.node.agent.witness.VoterObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Watches what concerns this node, through informers that try again for ever; an API server that is down changes
 * nothing. Started in the background: neither a missing kubeconfig nor a dead server delays the agent.
 */
public final class KubeLink implements AutoCloseable {
    /** What the link brings; called on its threads. */
    public interface Listener {
        void cluster(MetalCluster cluster);

        void group(ClusterGroup group);

        void groupGone(String name);

        void operation(ClusterOperation operation);

        /** @param content decoded */
        void secret(String name, Map<String, byte[]> content);
    }

    private static final Duration LOOK_FOR_KUBECONFIG = Duration.ofSeconds(5);
    /** Three small requests a node each time; what a dead informer missed is known after two of them. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    /**
     * What is watched is named by its class. Where a client is left to find classes for itself, as Config.fromKubeconfig does
     * even to read the kubeconfig, it loads each class of the Kubernetes API that is on the class path, 320 of them.
     */
    private final KubernetesSerialization named = new KubernetesSerialization(new ObjectMapper(), false);

    private final Path kubeconfig;
    private final String namespace;
    private final String cluster;
    private final String node;
    private final Listener listener;
    private final Consumer<String> journal;
    private final StatusWriter writer;
    private final Map<String, Watched<Secret>> secrets = new ConcurrentHashMap<>();
    private final List<Watched<?>> watched = new CopyOnWriteArrayList<>();
    private final Thread starter;
    private volatile boolean closed;

    private KubeLink(
            Path kubeconfig,
            String namespace,
            String cluster,
            String node,
            Listener listener,
            Consumer<String> journal) {
        this.kubeconfig = kubeconfig;
        this.namespace = namespace;
        this.cluster = cluster;
        this.node = node;
        this.listener = listener;
        this.journal = journal;
        this.writer = new StatusWriter(namespace, node, journal);
        this.starter = Thread.ofVirtual().name("kube-start").unstarted(this::connect);
    }

    /**
     * Begins to connect.
     *
     * @param cluster name of the MetalCluster
     * @param journal takes what a person should read
     */
    public static KubeLink open(
            Path kubeconfig,
            String namespace,
            String cluster,
            String node,
            Listener listener,
            Consumer<String> journal) {
        KubeLink link = new KubeLink(kubeconfig, namespace, cluster, node, listener, journal);
        link.starter.start();
        return link;
    }

    public StatusWriter status() {
        return writer;
    }

    /** The Lease {@code name} that votes, over a connection of its own: its requests end after a fifth of its grant. */
    public VoterObject voterObject(String name, Duration grant) {
        return new LazyLeaseObject(() -> {
            Config config = config(Files.readString(kubeconfig), named);
            config.setRequestTimeout((int) grant.dividedBy(5).toMillis());
            config.setConnectionTimeout((int) grant.dividedBy(5).toMillis());
            config.setRequestRetryBackoffLimit(0);
            return new LeaseObject(client(config, named), namespace, name, node, grant, InstantSource.system());
        });
    }

    private void connect() {
        boolean said = false;
        while (!closed) {
            try {
                if (Files.isReadable(kubeconfig)) {
                    begin(client(config(Files.readString(kubeconfig), named), named));
                    lookAgain();
                    return;
                }
                if (!said) {
                    said = true;
                    journal.accept("there is no " + kubeconfig + " yet: lives from the configuration last accepted");
                }
            } catch (IOException | RuntimeException e) {
                journal.accept("cannot use " + kubeconfig + ": " + e.getMessage());
            }
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK_FOR_KUBECONFIG.toNanos());
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private static Config config(String kubeconfig, KubernetesSerialization named) {
        Config config = Config.empty();
        KubeConfigUtils.merge(config, null, named.unmarshal(kubeconfig, io.fabric8.kubernetes.api.model.Config.class));
        return config;
    }

    private static KubernetesClient client(Config config, KubernetesSerialization named) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(named)
                .build();
    }

    private void begin(KubernetesClient client) {
        writer.use(client);
        var clusters =
                client.resources(MetalCluster.class).inNamespace(namespace).withName(cluster);
        watched.add(new Watched<>(
                clusters,
                () -> Stream.ofNullable(clusters.get()).toList(),
                shown -> {
                    listener.cluster(shown);
                    wantSecret(client, shown.getSpec().clusterKeySecret());
                    secretsOf(shown).forEach(name -> wantSecret(client, name));
                },
                _ -> {}));
        var groups = client.resources(ClusterGroup.class).inNamespace(namespace);
        watched.add(new Watched<>(
                groups,
                () -> groups.list().getItems(),
                shown -> {
                    listener.group(shown);
                    secretsOf(shown).forEach(name -> wantSecret(client, name));
                },
                listener::groupGone));
        var operations = client.resources(ClusterOperation.class).inNamespace(namespace);
        watched.add(new Watched<>(operations, () -> operations.list().getItems(), listener::operation, _ -> {}));
    }

    private static List<String> secretsOf(MetalCluster cluster) {
        Fencing fencing = cluster.getSpec().fencing();
        return fencing == null
                ? List.of()
                : fencing.devices().stream()
                        .flatMap(device -> Stream.ofNullable(device.secret()))
                        .distinct()
                        .toList();
    }

    private static List<String> secretsOf(ClusterGroup group) {
        List<String> names = new ArrayList<>();
        group.getSpec().resources().forEach(resource -> {
            var host = resource.virtualHostName();
            if (host != null && host.dns().tsigSecret() != null) {
                names.add(host.dns().tsigSecret());
            }
        });
        group.getSpec().monitors().forEach(monitor -> {
            var mysql = monitor.mysql();
            if (mysql != null && mysql.credentialsSecret() != null) {
                names.add(mysql.credentialsSecret());
            }
        });
        return names;
    }

    /** One informer a Secret, by name: an agent may read no others. */
    private void wantSecret(KubernetesClient client, String name) {
        if (!secrets.containsKey(name)) {
            var secret = client.secrets().inNamespace(namespace).withName(name);
            secrets.put(
                    name,
                    new Watched<>(
                            secret,
                            () -> Stream.ofNullable(secret.get()).toList(),
                            found -> listener.secret(name, decoded(found)),
                            _ -> {}));
        }
    }

    private static Map<String, byte[]> decoded(Secret secret) {
        Map<String, byte[]> content = new TreeMap<>();
        if (secret.getData() != null) {
            secret.getData()
                    .forEach(
                            (key, value) -> content.put(key, Base64.getDecoder().decode(value)));
        }
        return content;
    }

    /** Until it is closed. An API server that does not answer is none to learn from. */
    private void lookAgain() {
        while (!closed) {
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
                Stream.concat(watched.stream(), secrets.values().stream()).forEach(this::lookAgain);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void lookAgain(Watched<?> each) {
        try {
            if (each.lookAgain()) {
                journal.accept("an informer of the API server had died silently and was begun anew");
            }
        } catch (RuntimeException e) {
            // It is away; what is known stays in force.
        }
    }

    /** For tests. */
    List<Watched<?>> watched() {
        return watched;
    }

    @Override
    public void close() {
        closed = true;
        starter.interrupt();
        writer.close();
        secrets.values().forEach(Watched::stop);
        watched.forEach(Watched::stop);
    }
}
