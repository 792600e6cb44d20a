// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalCluster;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Objects for planner tests, written as YAML the way a person or an agent writes them. */
final class Given {
    static final Instant NOW = Instant.parse("2026-11-23T22:00:00Z");

    private Given() {}

    static MetalCluster cluster() {
        return cluster("server1, server2");
    }

    /** A cluster of the named servers and a witness. */
    static MetalCluster cluster(String servers) {
        var yaml = new StringBuilder("spec:\n  clusterKeySecret: key\n  paths: [{name: public}]\n  nodes:\n");
        int last = 10;
        for (String server : servers.split(", ")) {
            yaml.append("  - {name: %s, addresses: {public: 198.18.10.%d}}\n".formatted(server, ++last));
        }
        yaml.append("  witnesses:\n  - {name: witness, addresses: {public: 198.18.10.2}}\n");
        MetalCluster cluster = Serialization.unmarshal(yaml.toString(), MetalCluster.class);
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("iptv")
                .withNamespace("metalha")
                .withGeneration(1L)
                .build());
        return cluster;
    }

    /** A group with an address, a mirrored file system and a unit, unless {@code resources} says otherwise. */
    static ClusterGroup group(String name, String... resources) {
        String[] lines = resources.length > 0
                ? resources
                : new String[] {
                    "{name: data, mirrorDisk: {backing: /dev/vg0/" + name + "}}",
                    "{name: files, filesystem: {disk: data, mountPoint: /srv/" + name + "}}",
                    "{name: vip, floatingIP: {address: 198.18.10.50/24}}",
                    "{name: app, systemd: {unit: " + name + ".service}}"
                };
        var yaml =
                new StringBuilder("spec:\n  cluster: iptv\n  placement: {nodes: [server1, server2]}\n  resources:\n");
        Arrays.stream(lines).forEach(line -> yaml.append("  - ").append(line).append('\n'));
        ClusterGroup group = Serialization.unmarshal(yaml.toString(), ClusterGroup.class);
        group.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace("metalha")
                .withUid("uid-of-" + name)
                .withGeneration(1L)
                .withCreationTimestamp("2026-11-23T21:00:00Z")
                .build());
        return group;
    }

    static Member member(String yaml) {
        return Serialization.unmarshal("---\n" + yaml, Member.class);
    }

    static Member active(String node, String epoch) {
        return member("""
                {node: %s, role: Active, ready: true, epoch: '%s', since: '2026-11-23T21:30:00Z', observedGeneration: 1,
                 resources: [{name: app, state: Running}],
                 mirrors: [{name: data, role: Primary, connection: Connected, disk: UpToDate, peerDisk: UpToDate}],
                 ifDiesNow: {node: server2, boundMillis: 1900, detectMillis: 1000, startMillis: 900, measured: true}}
                """.formatted(node, epoch));
    }

    static Member standby(String node, String epoch) {
        return member("{node: %s, role: Standby, ready: true, epoch: '%s'}".formatted(node, epoch));
    }

    static GroupFacts facts(ClusterGroup group, Member... members) {
        return facts(group, Set.of(), members);
    }

    static GroupFacts facts(ClusterGroup group, Set<String> silent, Member... members) {
        ClusterGroupStatus before =
                group.getStatus() == null ? ClusterGroupStatus.ofMembers(List.of()) : group.getStatus();
        group.setStatus(before.withMembers(List.of(members)));
        return new GroupFacts(group, cluster(), List.of(), silent, NOW);
    }
}
