// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Writes an agent's entry of a group by server-side apply, as docs/interfaces.md has it. */
final class FakeAgent {
    private final KubernetesClient client;
    private final String namespace;
    private final String node;

    FakeAgent(KubernetesClient client, String namespace, String node) {
        this.client = client;
        this.namespace = namespace;
        this.node = node;
    }

    /** @param entry flow YAML of the entry without node and reportedAt, such as {@code role: Active, epoch: '7.1'} */
    void report(String group, String entry) {
        String now = Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
        Member member = Serialization.unmarshal(
                "---\n{node: %s, reportedAt: '%s', %s}".formatted(node, now, entry), Member.class);
        var patch = new ClusterGroup();
        patch.setMetadata(
                new ObjectMetaBuilder().withName(group).withNamespace(namespace).build());
        patch.setStatus(ClusterGroupStatus.ofMembers(List.of(member)));
        client.resource(patch).subresource("status").patch(RealApiServer.applyAs("metalha-agent-" + node));
    }
}
