// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.NodeId;
import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseConfig;
import io.metalha.node.lease.VoterSet;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * keeper.conf, read and checked.
 *
 * @param voters   by number, this keeper too
 * @param paths    names of the heartbeat paths: those that have an own address
 * @param watchdog empty where none shall be used
 */
record KeeperConfig(
        String clusterUid,
        Path clusterKeyFile,
        VoterId self,
        boolean witness,
        Timing timing,
        long votersSequence,
        Map<VoterId, Voter> voters,
        List<String> paths,
        Optional<Watchdog.Settings> watchdog) {
    /**
     * A voter and its addresses by path name.
     *
     * @param grant of a voter that only stores (docs/decisions/0002-kubernetes-lease-witness.md): how long it grants. It has no
     *     addresses; this server's agent speaks for it
     */
    record Voter(VoterId id, NodeId name, Map<String, InetSocketAddress> addresses, Optional<Duration> grant) {
        boolean isPassive() {
            return grant.isPresent();
        }
    }

    KeeperConfig {
        Voter own = voters.get(self);
        if (own == null) {
            throw new IllegalArgumentException("self.number " + self.number() + " is not in voters");
        }
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("voter." + self.number() + ".path.NAME: no own heartbeat path");
        }
        for (Voter voter : voters.values()) {
            if (voter.id().number() > RecordFormat.VOTER_NUMBER_MAX) {
                throw new IllegalArgumentException(
                        "voters=" + voter.id().number() + ": at most " + RecordFormat.VOTER_NUMBER_MAX);
            }
            if (!voter.isPassive() && voter.addresses().keySet().stream().noneMatch(paths::contains)) {
                throw new IllegalArgumentException(
                        "voter." + voter.id().number() + " shares no heartbeat path with us");
            }
        }
    }

    static KeeperConfig read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return parse(properties);
    }

    /** IllegalArgumentException with the key that is wrong. */
    static KeeperConfig parse(Properties properties) {
        Map<VoterId, Voter> voters = new TreeMap<>();
        for (String number : get(properties, "voters").split(",")) {
            Voter voter = voter(properties, new VoterId(integer("voters", number.strip())));
            voters.put(voter.id(), voter);
        }
        VoterId self = new VoterId(integer("self.number", get(properties, "self.number")));
        Voter own = voters.get(self);
        KeeperConfig config = new KeeperConfig(
                get(properties, "cluster.uid"),
                Path.of(get(properties, "cluster.keyFile")),
                self,
                properties.getProperty("role", "node").equals("witness"),
                new Timing(
                        millis(properties, "timing.heartbeatMillis"),
                        millis(properties, "timing.peerTimeoutMillis"),
                        millis(properties, "timing.leaseMillis"),
                        millis(properties, "timing.stopMarginMillis"),
                        millis(properties, "timing.agentDeadlineMillis"),
                        integer("timing.driftPermille", get(properties, "timing.driftPermille"))),
                Long.parseLong(properties.getProperty("voters.sequence", "0").strip()),
                Map.copyOf(voters),
                own == null
                        ? List.of()
                        : own.addresses().keySet().stream().sorted().toList(),
                watchdog(properties));
        // Refused here, and the configuration before stays in force.
        var _ = config.leases();
        return config;
    }

    private static Optional<Watchdog.Settings> watchdog(Properties properties) {
        String device = properties.getProperty("watchdog.device", "").strip();
        return device.isEmpty()
                ? Optional.empty()
                : Optional.of(new Watchdog.Settings(
                        Path.of(device),
                        millis(properties, "watchdog.timeoutMillis"),
                        millis(properties, "watchdog.stopLimitMillis")));
    }

    private static Voter voter(Properties properties, VoterId id) {
        String prefix = "voter." + id.number() + ".";
        String pathPrefix = prefix + "path.";
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(pathPrefix)) {
                addresses.put(key.substring(pathPrefix.length()), address(key, get(properties, key)));
            }
        }
        String grant = prefix + "grantMillis";
        return new Voter(
                id,
                new NodeId(get(properties, prefix + "name")),
                Map.copyOf(addresses),
                properties.containsKey(grant) ? Optional.of(millis(properties, grant)) : Optional.empty());
    }

    /** {@code 198.18.10.12:7788} or {@code [fd00::12]:7788}; names are refused, for DNS must not be waited for. */
    static InetSocketAddress address(String key, String text) {
        int colon = text.lastIndexOf(':');
        String ip = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[|]$", "");
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(ip), integer(key, text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "=" + text + ": write IP:PORT or [IPv6]:PORT", e);
        }
    }

    private static Duration millis(Properties properties, String key) {
        return Duration.ofMillis(integer(key, get(properties, key)));
    }

    private static int integer(String key, String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + "=" + value + ": write a whole number", e);
        }
    }

    private static String get(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }

    /** The voters' set as the lease core takes it. */
    LeaseConfig leases() {
        var passive = new TreeMap<VoterId, Duration>();
        voters.values().forEach(voter -> voter.grant().ifPresent(grant -> passive.put(voter.id(), grant)));
        return new LeaseConfig(self, List.copyOf(voters.keySet()), timing, passive, votersSequence);
    }

    VoterSet voterSet() {
        return new VoterSet(votersSequence, List.copyOf(voters.keySet()));
    }

    /** Throws IllegalArgumentException with a sentence when this cannot come after that (safety rule 6). */
    void follows(@Nullable KeeperConfig before) {
        if (before != null && clusterUid.equals(before.clusterUid)) {
            String objection = voterSet().objection(before.voterSet());
            if (!objection.isEmpty()) {
                throw new IllegalArgumentException(objection);
            }
        }
    }

    /** The other voters that run a keeper. */
    List<Voter> peers() {
        return voters.values().stream()
                .filter(voter -> !voter.id().equals(self) && !voter.isPassive())
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    String nameOf(int voter) {
        return Stream.ofNullable(voter == 0 ? null : voters.get(new VoterId(voter)))
                .map(found -> found.name().name())
                .findFirst()
                .orElse(voter == 0 ? "nobody" : "v" + voter);
    }
}
