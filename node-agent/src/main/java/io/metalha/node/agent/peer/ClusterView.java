// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.peer;

import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.node.agent.config.KeeperConf;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.known.Other;
import io.metalha.node.agent.known.Others;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.NodeId;
import io.metalha.node.core.Timing;
import io.metalha.node.local.Message;
import io.metalha.node.placement.PathHealth;
import io.metalha.node.placement.PathReport;
import io.metalha.node.placement.PathReport.Carrier;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What this node knows of the other machines and of the networks between them. One thread. */
public final class ClusterView {
    private final NodeId self;
    private final Carriers carriers = new Carriers();
    private final Map<NodeId, Peer> peers = new TreeMap<>();
    private Map<String, Carrier> ownCarriers = new TreeMap<>();
    private Map<String, Map<NodeId, PathReport>> reports = new HashMap<>();
    private Optional<MetalCluster> cluster = Optional.empty();
    private int ownNumber;

    public ClusterView(NodeId self) {
        this.self = self;
    }

    public void use(MetalCluster next) {
        cluster = Optional.of(next);
        if (next.getStatus() != null && next.getStatus().voters() != null) {
            next.getStatus().voters().voters().stream()
                    .filter(voter -> voter.name().equals(self.name()))
                    .forEach(voter -> ownNumber = voter.number());
        }
    }

    public Optional<MetalCluster> cluster() {
        return cluster;
    }

    public Timing timing() {
        return cluster.map(KeeperConf::timing).orElse(Timing.normal());
    }

    public int ownNumber() {
        return ownNumber;
    }

    public Map<NodeId, Peer> peers() {
        return peers;
    }

    public Peer peer(NodeId node) {
        return peers.computeIfAbsent(node, Peer::new);
    }

    /** A {@code member} line; true when the machine came or went. */
    public boolean member(Message message, Instant wall, MonotonicTime now) {
        return peer(new NodeId(message.get("node"))).member(message, wall, now);
    }

    /** The node of a voter number; empty for 0 and for strangers. */
    public Optional<NodeId> byNumber(int number) {
        if (number != 0 && number == ownNumber) {
            return Optional.of(self);
        }
        Optional<NodeId> named = cluster.flatMap(c -> Optional.ofNullable(c.getStatus()))
                .flatMap(status -> Optional.ofNullable(status.voters()))
                .flatMap(voters -> voters.voters().stream()
                        .filter(voter -> voter.number() == number)
                        .map(voter -> new NodeId(voter.name()))
                        .findFirst());
        return named.or(() -> peers.values().stream()
                .filter(p -> p.number() == number && number != 0)
                .map(Peer::name)
                .findFirst());
    }

    public int numberOf(NodeId node) {
        return node.equals(self)
                ? ownNumber
                : cluster.flatMap(c -> Optional.ofNullable(c.getStatus()))
                        .flatMap(status -> Optional.ofNullable(status.voters()))
                        .flatMap(voters -> voters.voters().stream()
                                .filter(voter -> voter.name().equals(node.name()))
                                .map(voter -> voter.number())
                                .findFirst())
                        .orElse(0);
    }

    /** The addresses of a machine by path. */
    public Map<String, String> addresses(NodeId node) {
        return cluster.map(c -> KeeperConf.machines(c).get(node.name()))
                .map(MetalClusterSpec.Machine::addresses)
                .orElse(Map.of());
    }

    /** Reads carriers and sets what everybody tells of every path side by side. */
    public void lookAtPaths(MonotonicTime now) {
        Map<String, Carrier> own = new TreeMap<>();
        addresses(self).forEach((path, address) -> own.put(path, carriers.of(address)));
        ownCarriers = own;
        Map<String, Map<NodeId, PathReport>> all = new HashMap<>();
        for (String path : own.keySet()) {
            Map<NodeId, PathReport> told = new HashMap<>();
            told.put(self, new PathReport(own.get(path), heardOn(path)));
            for (Peer peer : peers.values()) {
                if (peer.agentWell(now)) {
                    told.put(peer.name(), report(peer, path));
                }
            }
            all.put(path, told);
        }
        reports = all;
    }

    private PathReport report(Peer peer, String path) {
        Set<NodeId> heard = new HashSet<>();
        peer.report(path).ifPresent(told -> told.heard()
                .forEach(number -> byNumber(number).ifPresent(heard::add)));
        return new PathReport(Peer.carrier(peer.report(path)), heard);
    }

    private Set<NodeId> heardOn(String path) {
        Set<NodeId> heard = new HashSet<>();
        for (Peer peer : peers.values()) {
            Peer.PathState state = peer.paths().get(path);
            if (peer.alive() && state != null && state.up()) {
                heard.add(peer.name());
            }
        }
        return heard;
    }

    /** What this node tells the others of its paths. */
    public List<Blob.Path> ownPaths() {
        List<Blob.Path> told = new ArrayList<>();
        ownCarriers.forEach((path, carrier) -> told.add(new Blob.Path(
                path.hashCode(),
                carrier,
                heardOn(path).stream().map(this::numberOf).sorted().toList())));
        return told;
    }

    /** Whether clients can reach an address of the path on that node. */
    public boolean useful(NodeId node, Optional<String> path) {
        return path.map(name -> PathHealth.useful(node, reports.getOrDefault(name, Map.of())))
                .orElse(true);
    }

    /**
     * What the other machines are and tell with regard to one group.
     *
     * @param nodes those that the group may run on
     * @param path  that of the group's addresses
     */
    public Others others(GroupId group, List<NodeId> nodes, Optional<String> path, MonotonicTime now) {
        nodes.stream().filter(node -> !node.equals(self)).forEach(this::peer);
        return new Others(peers.values().stream()
                .map(peer -> other(peer, group.key(), path, now))
                .toList());
    }

    private Other other(Peer peer, long key, Optional<String> path, MonotonicTime now) {
        Optional<GroupNews> news = peer.group(key);
        return new Other(
                peer.name(),
                peer.alive(),
                peer.agentWell(now),
                peer.seen(),
                peer.aliveSince(),
                useful(peer.name(), path),
                news,
                peer.leavingSince(key),
                news.flatMap(told -> byNumber(told.moveTo())));
    }

    /** The path to whose subnet an address like {@code 198.18.10.50/24} belongs. */
    public Optional<String> pathOf(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(cidr.substring(slash + 1));
        return addresses(self).entrySet().stream()
                .filter(entry -> sameSubnet(cidr.substring(0, slash), entry.getValue(), prefix))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean sameSubnet(String one, String other, int prefix) {
        byte[] a = InetAddress.ofLiteral(one).getAddress();
        byte[] b = InetAddress.ofLiteral(other).getAddress();
        if (a.length != b.length) {
            return false;
        }
        for (int bit = 0; bit < Math.min(prefix, a.length * 8); bit++) {
            if (((a[bit / 8] ^ b[bit / 8]) & (0x80 >> bit % 8)) != 0) {
                return false;
            }
        }
        return true;
    }
}
