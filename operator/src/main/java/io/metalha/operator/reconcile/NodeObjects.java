// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.metalha.api.v1alpha1.MetalNode;
import io.metalha.api.v1alpha1.MetalNodeSpec;
import io.metalha.api.v1alpha1.VoterRole;
import io.metalha.operator.kube.StatusWriter;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Makes and removes MetalNodes; a deleted one is made again (safety rule 23). */
@ApplicationScoped
public class NodeObjects {
    private final KubernetesClient client;

    public NodeObjects(KubernetesClient client) {
        this.client = client;
    }

    void ensure(String namespace, String name, String cluster, VoterRole role) {
        var spec = new MetalNodeSpec(cluster, role);
        MetalNode present = get(namespace, name);
        if (present != null && spec.equals(present.getSpec())) {
            return;
        }
        var node = new MetalNode();
        node.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("metalha.io/cluster", cluster)
                .build());
        node.setSpec(spec);
        client.resource(node)
                .fieldManager(StatusWriter.OPERATOR)
                .forceConflicts()
                .serverSideApply();
    }

    void remove(String namespace, String name) {
        client.resources(MetalNode.class).inNamespace(namespace).withName(name).delete();
    }

    private @Nullable MetalNode get(String namespace, String name) {
        return client.resources(MetalNode.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }
}
