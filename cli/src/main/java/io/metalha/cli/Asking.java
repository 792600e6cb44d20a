// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Asks the nodes of a group by an operation of type Explain, and takes it away again, also when the person gives up. */
final class Asking implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final KubernetesClient client;
    private final ClusterOperation question;
    private final List<String> asked;
    private final Thread hook = new Thread(this::delete);

    private Asking(KubernetesClient client, ClusterOperation question, List<String> asked) {
        this.client = client;
        this.question = question;
        this.asked = asked;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static Asking about(ClusterGroup group, KubernetesClient client) {
        String name = group.getMetadata().getName();
        var question = new ClusterOperation();
        question.setMetadata(new ObjectMetaBuilder()
                .withGenerateName("explain-" + name + "-")
                .withNamespace(group.getMetadata().getNamespace())
                .build());
        question.setSpec(new ClusterOperationSpec(
                OperationType.EXPLAIN, name, group.getSpec().cluster(), null, null, null, "kubectl metalha explain"));
        return new Asking(
                client,
                client.resource(question).create(),
                group.getSpec().placement().nodes());
    }

    /**
     * Returns when each node of the group's placement has answered, or after {@code timeout}.
     *
     * @param each takes an answer as it comes; a machine that knows no such group is heard only where the group may run
     * @return answers by node
     */
    Map<String, OperationAnswer> await(Duration timeout, Consumer<OperationAnswer> each) {
        Map<String, OperationAnswer> answers = new LinkedHashMap<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            for (OperationAnswer answer : answersNow()) {
                boolean counts = answer.error() == null || asked.contains(answer.node());
                if (counts && answers.putIfAbsent(answer.node(), answer) == null) {
                    each.accept(answer);
                }
            }
            if (answers.keySet().containsAll(asked) || System.nanoTime() - deadline >= 0) {
                return answers;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private List<OperationAnswer> answersNow() {
        ClusterOperation now = client.resource(question).get();
        return now == null || now.getStatus() == null
                ? List.of()
                : now.getStatus().answers();
    }

    List<String> silent(Map<String, OperationAnswer> answers) {
        return asked.stream().filter(node -> !answers.containsKey(node)).toList();
    }

    private void delete() {
        try {
            client.resource(question).delete();
        } catch (KubernetesClientException e) {
            // The operator deletes it some minutes later.
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
        delete();
    }
}
