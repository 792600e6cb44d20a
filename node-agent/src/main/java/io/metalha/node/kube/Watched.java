// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Objects of one kind, shown as they change, by an informer that is not trusted alone.
 *
 * <p>Story, without the second look: (1) the server's network loses packets for a while and the API server restarts meanwhile. (2) The
 * informer's watch ends and is not begun again; nothing says so. (3) A person stops the group; the operation is accepted, and this node,
 * which runs the group, never hears of it.
 */
final class Watched<T extends HasMetadata> {
    private final Informable<T> what;
    private final Supplier<List<T>> list;
    private final Consumer<T> shown;
    private final Consumer<String> gone;
    /** Version by name: what the informer showed last, and what the look before this one found that it had not shown. */
    private final Map<String, String> known = new HashMap<>();

    private Map<String, String> missedBefore = Map.of();
    /** Begun anew by who looks again, stopped by who ends the agent. */
    private volatile SharedIndexInformer<T> informer;

    /** @param list asks the API server for all of them now */
    Watched(Informable<T> what, Supplier<List<T>> list, Consumer<T> shown, Consumer<String> gone) {
        this.what = what;
        this.list = list;
        this.shown = shown;
        this.gone = gone;
        this.informer = begin();
    }

    private SharedIndexInformer<T> begin() {
        SharedIndexInformer<T> made = what.runnableInformer(0);
        made.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                show(object);
            }

            @Override
            public void onUpdate(T old, T object) {
                show(object);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                forget(object.getMetadata().getName());
            }
        });
        made.exceptionHandler((_, _) -> true);
        var _ = made.start();
        return made;
    }

    private void show(T object) {
        synchronized (known) {
            known.put(object.getMetadata().getName(), object.getMetadata().getResourceVersion());
        }
        shown.accept(object);
    }

    private void forget(String name) {
        boolean was;
        synchronized (known) {
            was = known.remove(name) != null;
        }
        if (was) {
            gone.accept(name);
        }
    }

    /**
     * Asks itself, and begins the informer anew when it missed the same thing at two looks running: one that lives is late by
     * milliseconds, and the new one shows everything.
     *
     * @return whether it was begun anew
     */
    boolean lookAgain() {
        Map<String, String> there = new HashMap<>();
        list.get()
                .forEach(object -> there.put(
                        object.getMetadata().getName(), object.getMetadata().getResourceVersion()));
        Map<String, String> missed = new HashMap<>();
        synchronized (known) {
            there.forEach((name, version) -> {
                String shownBefore = known.getOrDefault(name, "");
                if (!version.equals(shownBefore)) {
                    missed.put(name, shownBefore);
                }
            });
            known.forEach((name, version) -> {
                if (!there.containsKey(name)) {
                    missed.put(name, version);
                }
            });
        }
        List<String> twice = missed.entrySet().stream()
                .filter(each -> each.getValue().equals(missedBefore.get(each.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        missedBefore = twice.isEmpty() ? missed : Map.of();
        if (!twice.isEmpty()) {
            twice.stream().filter(name -> !there.containsKey(name)).forEach(this::forget);
            informer.stop();
            informer = begin();
        }
        return !twice.isEmpty();
    }

    /** For tests: an informer that has ended and tells nobody. */
    void loseInformer() {
        informer.stop();
    }

    void stop() {
        informer.stop();
    }
}
