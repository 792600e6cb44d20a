// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

import io.metalha.api.v1alpha1.LeaseWitnessSpec;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterStatus;
import io.metalha.api.v1alpha1.VoterRole;
import io.metalha.node.core.NodeId;
import io.metalha.node.core.Timing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** keeper.conf as it follows from a MetalCluster whose voters have their numbers. */
public final class KeeperConf {
    private KeeperConf() {}

    /** Empty while the operator has not given numbers, or has none for this machine. */
    public static Optional<String> text(MetalCluster cluster, NodeId self, boolean witness, Path keyFile) {
        MetalClusterStatus status = cluster.getStatus();
        if (status == null || status.voters() == null) {
            return Optional.empty();
        }
        List<MetalClusterStatus.Voter> voters = status.voters().voters().stream()
                .sorted(Comparator.comparing(MetalClusterStatus.Voter::number))
                .toList();
        Optional<MetalClusterStatus.Voter> own = voters.stream()
                .filter(voter -> voter.name().equals(self.name()))
                .findFirst();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        Timing timing = timing(cluster);
        StringBuilder text = new StringBuilder("# Written by the agent from MetalCluster "
                + cluster.getMetadata().getName() + "; changes are lost.\n");
        line(text, "cluster.uid", cluster.getMetadata().getUid());
        line(text, "cluster.keyFile", keyFile);
        line(text, "self.name", self);
        line(text, "self.number", own.get().number());
        line(text, "role", witness ? "witness" : "node");
        line(text, "timing.heartbeatMillis", timing.heartbeat().toMillis());
        line(text, "timing.peerTimeoutMillis", timing.peerTimeout().toMillis());
        line(text, "timing.leaseMillis", timing.lease().toMillis());
        line(text, "timing.stopMarginMillis", timing.stopMargin().toMillis());
        line(text, "timing.agentDeadlineMillis", timing.agentDeadline().toMillis());
        line(text, "timing.driftPermille", timing.driftPermille());
        MetalClusterSpec.Watchdog watchdog = cluster.getSpec().watchdog();
        if (watchdog != null && !witness) {
            line(text, "watchdog.device", watchdog.device());
            line(text, "watchdog.timeoutMillis", watchdog.timeout().toMillis());
            line(text, "watchdog.stopLimitMillis", watchdog.stopLimit().toMillis());
        }
        line(text, "voters.sequence", status.voters().sequence());
        line(
                text,
                "voters",
                voters.stream().map(voter -> voter.number().toString()).collect(Collectors.joining(",")));
        Map<String, MetalClusterSpec.Machine> machines = machines(cluster);
        for (MetalClusterStatus.Voter voter : voters) {
            String prefix = "voter." + voter.number() + ".";
            line(text, prefix + "name", voter.name());
            MetalClusterSpec.Machine machine = machines.get(voter.name());
            if (voter.role() == VoterRole.LEASE) {
                line(text, prefix + "grantMillis", grant(cluster).toMillis());
            }
            if (machine != null) {
                new TreeMap<>(machine.addresses())
                        .forEach((path, address) -> line(
                                text,
                                prefix + "path." + path,
                                endpoint(address, cluster.getSpec().port())));
            }
        }
        return Optional.of(text.toString());
    }

    public static Timing timing(MetalCluster cluster) {
        MetalClusterStatus status = cluster.getStatus();
        MetalClusterStatus.Timing t = status == null ? null : status.timing();
        return t == null
                ? Timing.normal()
                : new Timing(
                        t.heartbeat(),
                        t.peerTimeout(),
                        t.lease(),
                        t.stopMargin(),
                        t.agentDeadline(),
                        t.driftPermille());
    }

    /** What the Lease that votes grants. */
    public static Duration grant(MetalCluster cluster) {
        LeaseWitnessSpec spec = cluster.getSpec().leaseWitness();
        return (spec == null ? new LeaseWitnessSpec(LeaseWitnessSpec.DEFAULT_GRANT) : spec)
                .grant(timing(cluster).lease());
    }

    /** Servers and witnesses by name. */
    public static Map<String, MetalClusterSpec.Machine> machines(MetalCluster cluster) {
        return Stream.concat(cluster.getSpec().nodes().stream(), cluster.getSpec().witnesses().stream())
                .collect(Collectors.toMap(MetalClusterSpec.Machine::name, machine -> machine, (a, _) -> a));
    }

    public static String endpoint(String address, int port) {
        return address.contains(":") ? "[" + address + "]:" + port : address + ":" + port;
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append('=').append(value).append('\n');
    }
}
