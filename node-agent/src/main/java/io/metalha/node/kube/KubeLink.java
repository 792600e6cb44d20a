// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.MetalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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

    private final Path kubeconfig;
    private final String namespace;
    private final String cluster;
    private final Listener listener;
    private final Consumer<String> journal;
    private final StatusWriter writer;
    private final Map<String, SharedIndexInformer<Secret>> secrets = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
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

    private void connect() {
        boolean said = false;
        while (!closed) {
            try {
                if (Files.isReadable(kubeconfig)) {
                    begin(client(Files.readString(kubeconfig)));
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

    /**
     * What is watched is named by its class. Where a client is left to find classes for itself, as Config.fromKubeconfig does
     * even to read the kubeconfig, it loads each class of the Kubernetes API that is on the class path, 320 of them.
     */
    private static KubernetesClient client(String kubeconfig) {
        KubernetesSerialization named = new KubernetesSerialization(new ObjectMapper(), false);
        Config config = Config.empty();
        KubeConfigUtils.merge(config, null, named.unmarshal(kubeconfig, io.fabric8.kubernetes.api.model.Config.class));
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(named)
                .build();
    }

    private void begin(KubernetesClient client) {
        writer.use(client);
        watch(
                client.resources(MetalCluster.class).inNamespace(namespace).withName(cluster),
                shown -> {
                    listener.cluster(shown);
                    wantSecret(client, shown.getSpec().clusterKeySecret());
                },
                _ -> {});
        watch(
                client.resources(ClusterGroup.class).inNamespace(namespace),
                shown -> {
                    listener.group(shown);
                    secretsOf(shown).forEach(name -> wantSecret(client, name));
                },
                gone -> listener.groupGone(gone.getMetadata().getName()));
        watch(client.resources(ClusterOperation.class).inNamespace(namespace), listener::operation, _ -> {});
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
            secrets.put(
                    name,
                    informer(
                            client.secrets().inNamespace(namespace).withName(name),
                            secret -> listener.secret(name, decoded(secret)),
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

    private <T extends HasMetadata> void watch(Informable<T> what, Consumer<T> shown, Consumer<T> gone) {
        SharedIndexInformer<T> informer = informer(what, shown, gone);
        synchronized (informers) {
            informers.add(informer);
        }
    }

    private <T extends HasMetadata> SharedIndexInformer<T> informer(
            Informable<T> what, Consumer<T> shown, Consumer<T> gone) {
        SharedIndexInformer<T> informer = what.runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                shown.accept(object);
            }

            @Override
            public void onUpdate(T old, T object) {
                shown.accept(object);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                gone.accept(object);
            }
        });
        informer.exceptionHandler((_, _) -> true);
        var _ = informer.start();
        return informer;
    }

    @Override
    public void close() {
        closed = true;
        starter.interrupt();
        writer.close();
        secrets.values().forEach(SharedIndexInformer::stop);
        synchronized (informers) {
            informers.forEach(SharedIndexInformer::stop);
        }
    }
}
