// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.source.informer.ManagedInformerEventSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the caches show what the API server has. Informers are not trusted alone: a watch whose bytes are lost on the way is
 * open for ever as far as its reader can tell, and every health indicator of the informer says so.
 *
 * <p>Story, without it: (1) the network loses packets for a while and the API server restarts meanwhile. (2) A watch is never
 * begun again. (3) A person makes a group; nobody accepts it, and nothing says why.
 */
public final class SecondLook {
    private final RuntimeInfo runtime;
    private final KubernetesClient client;
    /** By cache: the object that was missed at the look before, and the version of it that was shown then. */
    private Map<String, Map<String, String>> missedBefore = Map.of();

    public SecondLook(RuntimeInfo runtime, KubernetesClient client) {
        this.runtime = runtime;
        this.client = client;
    }

    /**
     * Asks itself. A cache that missed the same thing at two looks running is deaf: one that lives is late by milliseconds.
     *
     * @return what is missed, in words; empty when nothing is, or nothing can be asked
     */
    public Optional<String> missed() {
        var missed = new HashMap<String, Map<String, String>>();
        var asked = new HashMap<String, Map<String, String>>();
        try {
            for (ManagedInformerEventSource<?, ?, ?> source : sources()) {
                String kind = source.resourceType().getSimpleName();
                for (String namespace : source.informerHealthIndicators().keySet()) {
                    var there =
                            asked.computeIfAbsent(kind + " " + namespace, _ -> ask(source.resourceType(), namespace));
                    missed.put(
                            kind + " of " + source.name() + " in " + namespace,
                            difference(there, shown(source, namespace)));
                }
            }
        } catch (KubernetesClientException e) {
            // Asked again at the next look; what was missed before stays so.
            return Optional.empty();
        }
        Optional<String> twice = missed.entrySet().stream()
                .flatMap(cache -> cache.getValue().entrySet().stream()
                        .filter(each -> each.getValue()
                                .equals(missedBefore
                                        .getOrDefault(cache.getKey(), Map.of())
                                        .get(each.getKey())))
                        .map(each -> each.getKey() + " (" + cache.getKey() + ")"))
                .findFirst();
        missedBefore = missed;
        return twice;
    }

    private List<ManagedInformerEventSource<?, ?, ?>> sources() {
        var sources = new ArrayList<ManagedInformerEventSource<?, ?, ?>>();
        for (RegisteredController<?> registered : runtime.getRegisteredControllers()) {
            if (registered instanceof Controller<?> controller) {
                for (Object source : controller.getEventSourceManager().allEventSources()) {
                    if (source instanceof ManagedInformerEventSource<?, ?, ?> informers) {
                        sources.add(informers);
                    }
                }
            }
        }
        return sources;
    }

    private Map<String, String> ask(Class<? extends HasMetadata> kind, String namespace) {
        var all = client.resources(kind);
        var listed = namespace.equals(Constants.WATCH_ALL_NAMESPACES)
                ? all.inAnyNamespace().list()
                : all.inNamespace(namespace).list();
        return versions(listed.getItems().stream());
    }

    private static Map<String, String> shown(ManagedInformerEventSource<?, ?, ?> source, String namespace) {
        return versions(
                namespace.equals(Constants.WATCH_ALL_NAMESPACES)
                        ? source.list(_ -> true)
                        : source.list(namespace, _ -> true));
    }

    private static Map<String, String> versions(Stream<? extends HasMetadata> objects) {
        var versions = new HashMap<String, String>();
        objects.forEach(object -> versions.put(
                object.getMetadata().getNamespace() + "/" + object.getMetadata().getName(),
                object.getMetadata().getResourceVersion()));
        return versions;
    }

    /** What is there in another version than it is shown in, or not at all, or shown and not there; with the version shown. */
    static Map<String, String> difference(Map<String, String> there, Map<String, String> shown) {
        var difference = new HashMap<String, String>();
        there.forEach((name, version) -> {
            String known = shown.getOrDefault(name, "");
            if (!version.equals(known)) {
                difference.put(name, known);
            }
        });
        shown.forEach((name, version) -> {
            if (!there.containsKey(name)) {
                difference.put(name, version);
            }
        });
        return difference;
    }
}
