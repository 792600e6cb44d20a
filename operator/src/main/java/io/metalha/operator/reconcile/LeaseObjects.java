// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.reconcile;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.metalha.api.v1alpha1.LeaseWitnessSpec;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voter;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voters;
import io.metalha.api.v1alpha1.VoterRole;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Lease that votes, because an agent may change that object and create none. One that was deleted is made again.
 *
 * <p>Only that of a cluster's founding says that it is complete: nothing was ever recorded then. Story, without: (1) server1 has "server2's copy Outdated" written with
 * the Lease's vote. (2) The Lease is deleted and made again. (3) server1 dies. (4) server2, which has a new disk and remembers no Lease, reads "nobody ever held this
 * group" and starts the stale copy. One that is not complete abstains on a group until the group's owner has written it (docs/safety.md, rule 8).
 */
@ApplicationScoped
public class LeaseObjects {
    static final String CLUSTER_UID = "metalha.io/cluster-uid";
    static final String CLUSTER = "metalha.io/cluster";
    static final String WRITES = "metalha.io/writes";
    static final String COMPLETE = "metalha.io/complete";

    private final KubernetesClient client;

    public LeaseObjects(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Has the Lease of the set that is to be published be there.
     *
     * @return why a set with it must not be published yet; empty for one that votes already, whose state the agents tell
     */
    Optional<String> ensure(MetalCluster cluster, @Nullable Voters next) {
        Optional<Voter> voter = lease(next);
        if (voter.isEmpty()) {
            return Optional.empty();
        }
        Voters present =
                cluster.getStatus() == null ? null : cluster.getStatus().voters();
        Optional<String> trouble = ensure(cluster, voter.get().number(), present == null);
        return lease(present).equals(voter) ? Optional.empty() : trouble;
    }

    private static Optional<Voter> lease(@Nullable Voters voters) {
        return voters == null
                ? Optional.empty()
                : voters.voters().stream()
                        .filter(voter -> voter.role() == VoterRole.LEASE)
                        .findFirst();
    }

    private Optional<String> ensure(MetalCluster cluster, int number, boolean founding) {
        String name = LeaseWitnessSpec.objectName(cluster.getMetadata().getName(), number);
        var leases = client.leases().inNamespace(cluster.getMetadata().getNamespace());
        try {
            Lease present = leases.withName(name).get();
            if (present == null) {
                leases.resource(fresh(cluster, name, founding)).create();
                return Optional.empty();
            }
            Map<String, String> annotations = present.getMetadata().getAnnotations();
            boolean ours = annotations != null && cluster.getMetadata().getUid().equals(annotations.get(CLUSTER_UID));
            return ours ? Optional.empty() : Optional.of("Lease " + name + " is another cluster's: delete it");
        } catch (KubernetesClientException e) {
            return Optional.of("Lease " + name + " cannot be made, are the chart's roles applied? " + e.getMessage());
        }
    }

    private static Lease fresh(MetalCluster cluster, String name, boolean founding) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(cluster.getMetadata().getNamespace())
                .addToLabels(CLUSTER, cluster.getMetadata().getName())
                .addToAnnotations(CLUSTER_UID, cluster.getMetadata().getUid())
                .addToAnnotations(WRITES, founding ? "0" : "1")
                .addToAnnotations(COMPLETE, Boolean.toString(founding))
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(cluster.getApiVersion())
                        .withKind(cluster.getKind())
                        .withName(cluster.getMetadata().getName())
                        .withUid(cluster.getMetadata().getUid())
                        .build())
                .endMetadata()
                .build();
    }
}
