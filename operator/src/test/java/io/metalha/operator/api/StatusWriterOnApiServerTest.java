// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.operator.kube.StatusWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the operator says in an agent's place never stands over what the agent has said since the operator looked. */
class StatusWriterOnApiServerTest {
    private static final String NAMESPACE = "metalha-writer-test";

    @Test
    void laysNothingOverAReportThatItHasNotSeen() {
        try (KubernetesClient client = RealApiServer.client(NAMESPACE)) {
            RealApiServer.createNamespace(client, NAMESPACE);
            HasMetadata made = RealApiServer.load(client, """
                            apiVersion: metalha.io/v1alpha1
                            kind: ClusterGroup
                            metadata: {name: db}
                            spec:
                              cluster: iptv
                              placement: {nodes: [server1, server2]}
                              resources:
                              - {name: ip, floatingIP: {address: 198.18.10.50/24}}
                            """).getFirst();
            made.getMetadata().setNamespace(NAMESPACE);
            client.resource(made).create();
            var server2 = new FakeAgent(client, NAMESPACE, "server2");
            server2.report("db", "role: Active, epoch: '2.2'");
            ClusterGroup seen = get(client);
            server2.report("db", "role: Standby, epoch: '3.1'");

            var writer = new StatusWriter(client);
            assertFalse(layOver(writer, seen));
            assertEquals(MemberRole.STANDBY, role(client));
            assertTrue(layOver(writer, get(client)));
            assertEquals(MemberRole.UNKNOWN, role(client));
        }
    }

    private static boolean layOver(StatusWriter writer, ClusterGroup seen) {
        Member unknown = Serialization.unmarshal("---\n{node: server2, role: Unknown}", Member.class);
        return writer.applyIfUnchanged(
                seen, new ClusterGroup(), ClusterGroupStatus.ofMembers(List.of(unknown)), StatusWriter.UNKNOWN_MEMBERS);
    }

    private static MemberRole role(KubernetesClient client) {
        return get(client).getStatus().members().getFirst().role();
    }

    private static ClusterGroup get(KubernetesClient client) {
        return client.resources(ClusterGroup.class)
                .inNamespace(NAMESPACE)
                .withName("db")
                .get();
    }
}
