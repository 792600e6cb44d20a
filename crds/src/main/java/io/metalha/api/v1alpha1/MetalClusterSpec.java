// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a person wants of a cluster. */
@ApiObject
@ValidationRule(
        value = "self.nodes.all(n, !has(self.witnesses) || !self.witnesses.exists(w, w.name == n.name))",
        message =
                "a name stands both in nodes and in witnesses: a server has one vote already, so remove it from witnesses")
@ValidationRule(
        value = "self.nodes.all(n, n.addresses.all(p, self.paths.exists(x, x.name == p)))",
        message =
                "a node has an address on a path that spec.paths does not list: add the path there or correct the name")
@ValidationRule(
        value = "!has(self.witnesses)"
                + " || self.witnesses.all(n, n.addresses.all(p, self.paths.exists(x, x.name == p)))",
        message =
                "a witness has an address on a path that spec.paths does not list: add the path there or correct the name")
@ValidationRule(
        value = "self.port != self.mirrorPort",
        message = "port and mirrorPort must differ: leave both out for 7788 and 7789")
@ValidationRule(
        value = "!has(self.fencing) || self.fencing.devices.all(d, self.nodes.exists(n, n.name == d.node))",
        message = "a fence device names a node that spec.nodes does not list: correct the name")
@ValidationRule(
        value = "!has(self.leaseWitness)"
                + " || (!has(self.witnesses) && self.nodes.size() % 2 == 0)"
                + " || (has(self.witnesses) && (self.nodes.size() + self.witnesses.size()) % 2 == 0)",
        message =
                "leaseWitness makes an even number of nodes and witnesses odd; these are odd without it: leave it out")
@ValidationRule(
        value = "!self.nodes.exists(n, n.name == 'kubernetes-lease')"
                + " && (!has(self.witnesses) || !self.witnesses.exists(w, w.name == 'kubernetes-lease'))",
        message = "kubernetes-lease is the name of the vote in the API server: give the machine another name")
public record MetalClusterSpec(
        @JsonPropertyDescription(
                "Name of the Secret whose key 'key' holds the 32 bytes with which the servers authenticate to each other.")
        @Required
        @Pattern("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
        @Size(min = 1, max = 253)
        String clusterKeySecret,

        @JsonPropertyDescription(
                "The servers that run groups, at most 32. Each has a vote. A server is removed by taking it out of this list.")
        @Required
        @Size(min = 1, max = 32)
        @ListMap(key = "name")
        List<Machine> nodes,

        @JsonPropertyDescription(
                "Machines that only vote. Two servers need one witness to survive the loss of either server.")
        @Size(max = 3)
        @ListMap(key = "name")
        List<Machine> witnesses,

        @JsonPropertyDescription(
                "Has a Lease object of this API server vote in place of a witness: two servers then need no third machine. Write {}.")
        @Nullable
        LeaseWitnessSpec leaseWitness,

        @JsonPropertyDescription("The networks on which heartbeats travel. Two independent ones are advised.")
        @Required
        @Size(min = 1, max = 8)
        @ListMap(key = "name")
        List<Path> paths,

        @JsonPropertyDescription(
                "One knob for all timers: Fast for quiet networks (needs real-time priority on every machine), Normal, Safe for loaded hosts,"
                        + " Wan for long lines.")
        @Default("Normal")
        Profile profile,

        @JsonPropertyDescription("Single timers that replace what the profile derives. Leave out what need not differ.")
        @Nullable
        Timers timers,

        @JsonPropertyDescription(
                "Resets a server that stands still or cannot stop a group in time. Left out: none is used.")
        @Nullable
        Watchdog watchdog,

        @JsonPropertyDescription("By what a server that vanished with groups is powered off. Left out: by nothing.")
        @Nullable
        Fencing fencing,

        @JsonPropertyDescription("UDP port of the keepers.") @Min(1) @Max(65535) @Default("7788")
        Integer port,

        @JsonPropertyDescription("TCP port of the mirrors.") @Min(1) @Max(65535) @Default("7789")
        Integer mirrorPort) {
    public static final int DEFAULT_PORT = 7788;
    public static final int DEFAULT_MIRROR_PORT = 7789;

    public MetalClusterSpec {
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
        witnesses = witnesses == null ? List.of() : List.copyOf(witnesses);
        paths = paths == null ? List.of() : List.copyOf(paths);
        profile = profile == null ? Profile.NORMAL : profile;
        port = port == null ? DEFAULT_PORT : port;
        mirrorPort = mirrorPort == null ? DEFAULT_MIRROR_PORT : mirrorPort;
    }

    /** A server or a witness. */
    @ApiObject
    public record Machine(
            @JsonPropertyDescription("Name of the machine, as in its agent's node.conf.")
            @Required
            @Pattern(Sentences.LABEL)
            @Size(min = 1, max = 63)
            String name,

            @JsonPropertyDescription(
                    "Its IP address on each path, by the path's name: {public: 198.18.10.11, private: 198.18.20.11}.")
            @Required
            @Size(min = 1, max = 8)
            @ValidationRule(
                    value = "self.all(p, self[p].size() <= 45 && isIP(self[p]))",
                    message = "write each address as a plain IP address without a prefix length, such as 198.18.10.11")
            Map<String, @Size(min = 2, max = 45) String> addresses) {
        public Machine {
            addresses = addresses == null ? Map.of() : Map.copyOf(addresses);
        }
    }

    /** A network on which heartbeats travel. */
    @ApiObject
    public record Path(
            @JsonPropertyDescription("Name of the path, such as public or private.")
            @Required
            @Pattern(Sentences.LABEL)
            @Size(min = 1, max = 63)
            String name,

            @JsonPropertyDescription(
                    "Whether mirrors use this path: Preferred ones first, then Fallback ones, in the order of the list; Never: heartbeats only.")
            @Default("Fallback")
            MirrorUse mirror) {
        public Path {
            mirror = mirror == null ? MirrorUse.FALLBACK : mirror;
        }
    }

    /** Timers set by hand. What is null comes from the profile. */
    @ApiObject
    @ValidationRule(
            value =
                    "!has(self.heartbeat) || !has(self.peerTimeout)"
                            + " || duration(self.peerTimeout) >= duration(self.heartbeat) + duration(self.heartbeat) + duration(self.heartbeat)",
            message =
                    "timers.peerTimeout must be at least three times timers.heartbeat: one lost packet is no lost peer")
    @ValidationRule(
            value = "!has(self.heartbeat) || !has(self.lease)"
                    + " || duration(self.lease) >= duration(self.heartbeat) + duration(self.heartbeat) + duration(self.heartbeat)"
                    + " + duration(self.heartbeat) + duration(self.heartbeat)",
            message =
                    "timers.lease must be at least five times timers.heartbeat: renewals ride on heartbeats, and some get lost")
    public record Timers(
            @JsonPropertyDescription("Between two heartbeats to a peer on one path.")
            @Span(min = "10ms", max = "10s")
            @Nullable
            Duration heartbeat,

            @JsonPropertyDescription("A path from which nothing came for this long is down.")
            @Span(min = "50ms", max = "2m")
            @Nullable
            Duration peerTimeout,

            @JsonPropertyDescription(
                    "What a voter grants. An owner that cannot renew stops before it ends; nobody takes over earlier.")
            @Span(min = "100ms", max = "5m")
            @Nullable
            Duration lease,

            @JsonPropertyDescription("An owner's effects end this long before its lease does.")
            @Span(min = "20ms", max = "10s")
            @Nullable
            Duration stopMargin,

            @JsonPropertyDescription("An agent that is silent towards its keeper for this long counts as failed.")
            @Span(min = "2s", max = "5m")
            @Nullable
            Duration agentDeadline) {}

    /** What resets a server that is of no use any more. */
    @ApiObject
    public record Watchdog(
            @JsonPropertyDescription(
                    "The device on each server: of hardware, of a board (ipmi_watchdog), or softdog. Nothing else may use it.")
            @Default(DEFAULT_DEVICE)
            @Pattern("^/dev/[A-Za-z0-9._/-]{1,100}$")
            @Size(min = 6, max = 105)
            String device,

            @JsonPropertyDescription("The device resets the server this long after it was last fed; whole seconds.")
            @Span(min = "2s", max = "5m", fallback = "10s")
            Duration timeout,

            @JsonPropertyDescription(
                    "A group's processes that are still there this long after its lease was lost cause a reset.")
            @Span(min = "1s", max = "10m", fallback = "15s")
            Duration stopLimit) {
        public static final String DEFAULT_DEVICE = "/dev/watchdog";
        static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
        static final Duration DEFAULT_STOP_LIMIT = Duration.ofSeconds(15);

        public Watchdog {
            device = device == null ? DEFAULT_DEVICE : device;
            timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
            stopLimit = stopLimit == null ? DEFAULT_STOP_LIMIT : stopLimit;
        }
    }
}
