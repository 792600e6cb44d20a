// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voter;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voters;
import io.metalha.api.v1alpha1.VoterRole;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Sets with a Lease among the voters. */
class VoterPlanTest {
    private static final Voters WITH_LEASE = new Voters(
            1L,
            3,
            List.of(
                    new Voter("server1", 1, VoterRole.NODE),
                    new Voter("server2", 2, VoterRole.NODE),
                    new Voter("kubernetes-lease", 3, VoterRole.LEASE)));
    private static final Voters TWO = new Voters(2L, 3, WITH_LEASE.voters().subList(0, 2));

    @Test
    void theLeaseIsAVoterFromTheFoundingAndNoMachineWaitsForIt() {
        Voters first = VoterPlan.next(spec("server1, server2", true), null, Map.of());
        assertEquals(WITH_LEASE, first);
        assertEquals(
                first, VoterPlan.next(spec("server1, server2", true), first, Map.of("server1", 1L, "server2", 1L)));
    }

    @Test
    void itLeavesBeforeTheMachineThatItStoodBesideAndOnlyWhenAllHearOfIt() {
        MetalClusterSpec alone = spec("server2", false);
        assertEquals(WITH_LEASE, VoterPlan.next(alone, WITH_LEASE, Map.of("server2", 1L)), "server1 may hold by it");
        assertEquals(TWO, VoterPlan.next(alone, WITH_LEASE, Map.of("server1", 1L, "server2", 1L)));
    }

    @Test
    void oneOfTwoLeavesOnlyWhenItHearsOfIt() {
        MetalClusterSpec alone = spec("server2", false);
        assertEquals(
                TWO, VoterPlan.next(alone, TWO, Map.of("server1", 1L, "server2", 2L)), "server1 may use set 1 yet");
        Voters one = VoterPlan.next(alone, TWO, Map.of("server1", 2L, "server2", 2L));
        assertEquals(List.of("server2"), one.voters().stream().map(Voter::name).toList());
    }

    private static MetalClusterSpec spec(String servers, boolean lease) {
        String nodes = List.of(servers.split(", ")).stream()
                .map(name -> "{name: %s, addresses: {public: 198.18.10.1}}".formatted(name))
                .collect(Collectors.joining(", "));
        return Serialization.unmarshal(
                "---\n{clusterKeySecret: key, paths: [{name: public}], nodes: [%s]%s}"
                        .formatted(nodes, lease ? ", leaseWitness: {}" : ""),
                MetalClusterSpec.class);
    }
}
