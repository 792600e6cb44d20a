// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes this node's own part of status by server-side apply. Of each object only the newest waits; what cannot be
 * written is tried again after 1 s, doubling up to 15 s, with whatever is newest then.
 */
public final class StatusWriter implements AutoCloseable {
    private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofSeconds(15);
    private static final String NODE = "";

    private final String namespace;
    private final String node;
    private final Consumer<String> journal;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Object> waiting = new LinkedHashMap<>();
    private final Thread thread;
    private @Nullable KubernetesClient client;

    StatusWriter(String namespace, String node, Consumer<String> journal) {
        this.namespace = namespace;
        this.node = node;
        this.journal = journal;
        this.thread = Thread.ofVirtual().name("kube-status").start(this::run);
    }

    void use(KubernetesClient connected) {
        synchronized (waiting) {
            client = connected;
            waiting.notifyAll();
        }
    }

    /** Own entry of the group's members; returns at once. */
    public void member(String group, Member member) {
        put(group, member);
    }

    /** Own MetalNode; returns at once. */
    public void node(MetalNodeStatus status) {
        put(NODE, status);
    }

    /** Own answer to {@code question}; returns at once. */
    public void answer(ClusterOperation question, OperationAnswer answer) {
        put("answer/" + question.getMetadata().getUid(), new Answer(question.getMetadata(), answer));
    }

    private record Answer(ObjectMeta question, OperationAnswer answer) {}

    private void put(String key, Object what) {
        synchronized (waiting) {
            waiting.put(key, what);
            waiting.notifyAll();
        }
    }

    private void run() {
        Duration retry = RETRY_FIRST;
        String lastError = "";
        try {
            while (true) {
                Work work = next();
                String error = write(work);
                if (error.isEmpty()) {
                    retry = RETRY_FIRST;
                    if (!lastError.isEmpty()) {
                        journal.accept("status is written again");
                    }
                } else {
                    // A newer one may have come meanwhile; it counts.
                    synchronized (waiting) {
                        waiting.putIfAbsent(work.key(), work.what());
                    }
                    if (!error.equals(lastError)) {
                        journal.accept("cannot write status: " + error + "; tries again");
                    }
                    TimeUnit.NANOSECONDS.sleep(retry.toNanos());
                    retry = retry.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : retry.multipliedBy(2);
                }
                lastError = error;
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private record Work(KubernetesClient client, String key, Object what) {}

    private Work next() throws InterruptedException {
        synchronized (waiting) {
            KubernetesClient connected = client;
            while (connected == null || waiting.isEmpty()) {
                waiting.wait();
                connected = client;
            }
            String key = waiting.keySet().iterator().next();
            Object what = waiting.remove(key);
            return new Work(connected, key, java.util.Objects.requireNonNull(what));
        }
    }

    /** The empty string, or why it could not be written. */
    private String write(Work work) {
        try {
            PatchContext apply = new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager("metalha-agent-" + node)
                    .withForce(true)
                    .build();
            if (work.what() instanceof Answer answer) {
                answer(work.client(), apply, answer);
            } else if (work.what() instanceof Member member) {
                work.client()
                        .resources(ClusterGroup.class)
                        .inNamespace(namespace)
                        .withName(work.key())
                        .subresource("status")
                        .patch(apply, patch("ClusterGroup", work.key(), Map.of("members", List.of(member))));
            } else {
                work.client()
                        .resources(MetalNode.class)
                        .inNamespace(namespace)
                        .withName(node)
                        .subresource("status")
                        .patch(apply, patch("MetalNode", node, work.what()));
            }
            return "";
        } catch (KubernetesClientException e) {
            // 404: the object is not there (any more, or yet); the next report will see.
            return e.getCode() == 404 ? "" : String.valueOf(e.getMessage());
        } catch (JsonProcessingException e) {
            journal.accept("bug: cannot make JSON of a status: " + e.getMessage());
            return "";
        }
    }

    /**
     * Tried once: an answer that cannot be written, as by an agent whose role is from before Explain, must not hold up the status of
     * what runs. The uid keeps it from an operation of the same name made since.
     */
    private void answer(KubernetesClient connected, PatchContext apply, Answer answer) throws JsonProcessingException {
        String name = answer.question().getName();
        try {
            connected
                    .resources(ClusterOperation.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .subresource("status")
                    .patch(
                            apply,
                            json.writeValueAsString(Map.of(
                                    "apiVersion",
                                    "metalha.io/v1alpha1",
                                    "kind",
                                    "ClusterOperation",
                                    "metadata",
                                    Map.of(
                                            "name",
                                            name,
                                            "namespace",
                                            namespace,
                                            "uid",
                                            answer.question().getUid()),
                                    "status",
                                    Map.of("answers", List.of(answer.answer())))));
        } catch (KubernetesClientException e) {
            journal.accept("cannot answer operation " + name + ": " + e.getMessage());
        }
    }

    private String patch(String kind, String name, Object status) throws JsonProcessingException {
        return json.writeValueAsString(Map.of(
                "apiVersion",
                "metalha.io/v1alpha1",
                "kind",
                kind,
                "metadata",
                Map.of("name", name, "namespace", namespace),
                "status",
                status));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
