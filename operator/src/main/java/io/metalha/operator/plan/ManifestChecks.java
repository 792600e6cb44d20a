// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterStatus.FailoverBound;
import io.metalha.api.v1alpha1.MetalClusterStatus.Timing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operator's checks for manifests that are in no cluster yet. */
public final class ManifestChecks {
    private ManifestChecks() {}

    /**
     * @param cluster null: it is not known, and what needs it is not checked
     * @param others  the groups that came before
     */
    public static List<Problem> group(ClusterGroup group, @Nullable MetalCluster cluster, List<ClusterGroup> others) {
        var facts = new GroupFacts(group, cluster, others, Set.of(), Instant.EPOCH);
        var problems = new ArrayList<>(GroupChecks.check(facts));
        problems.removeIf(problem -> cluster == null && problem.reason().equals("ClusterNotFound"));
        problems.addAll(Claims.againstEach(facts));
        return problems;
    }

    public static List<Problem> cluster(MetalCluster cluster) {
        var problems = new ArrayList<>(TimingPlan.check(timing(cluster)));
        problems.addAll(ClusterPlanner.addressesUsedTwice(cluster.getSpec()));
        return problems;
    }

    public static Timing timing(MetalCluster cluster) {
        return TimingPlan.derive(cluster.getSpec().profile(), cluster.getSpec().timers());
    }

    public static FailoverBound bound(Timing timing) {
        return TimingPlan.bound(timing);
    }
}
