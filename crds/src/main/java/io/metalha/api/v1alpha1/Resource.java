// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A thing that is started, stopped and monitored: a name and exactly one type. */
@ApiObject
@ValidationRule(
        value = "[has(self.mirrorDisk), has(self.filesystem), has(self.floatingIP), has(self.virtualHostName),"
                + " has(self.systemd)].filter(x, x).size() == 1",
        message = "a resource names exactly one of mirrorDisk, filesystem, floatingIP, virtualHostName or systemd:"
                + " write each type as a resource of its own with its own name")
public record Resource(
        @JsonPropertyDescription("Name of the resource, unique in the group.")
        @Required
        @Pattern(Sentences.LABEL)
        @Size(min = 1, max = 63)
        String name,

        @JsonPropertyDescription("A mirrored block device, /dev/metalha/GROUP.NAME.") @Nullable
        MirrorDisk mirrorDisk,

        @JsonPropertyDescription("A file system that is mounted.") @Nullable
        Filesystem filesystem,

        @JsonPropertyDescription("An IP address that follows the group.") @Nullable
        FloatingIp floatingIP,

        @JsonPropertyDescription("A DNS name that follows the group's floating IPs.") @Nullable
        VirtualHostName virtualHostName,

        @JsonPropertyDescription("A systemd unit.") @Nullable
        SystemdUnit systemd,

        @JsonPropertyDescription(
                "Resources that must run before this one. Left out: the one before it in the list. Empty list: none.")
        @Size(max = 64)
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        List<@Size(min = 1, max = 63) String> dependsOn,

        @JsonPropertyDescription("A start that takes longer counts as failed.")
        @Span(min = "1s", max = "1h", fallback = "60s")
        Duration startTimeout,

        @JsonPropertyDescription("A stop that takes longer is ended by force.")
        @Span(min = "1s", max = "1h", fallback = "30s")
        Duration stopTimeout) {
    public Resource {
        dependsOn = dependsOn == null ? null : List.copyOf(dependsOn);
        startTimeout = startTimeout == null ? Duration.ofSeconds(60) : startTimeout;
        stopTimeout = stopTimeout == null ? Duration.ofSeconds(30) : stopTimeout;
    }

    /** The one type that this resource names. */
    public sealed interface Type permits MirrorDisk, Filesystem, FloatingIp, VirtualHostName, SystemdUnit {}

    /** The one type, or null where a manifest that passed no API server names none. */
    public @Nullable Type type() {
        return Stream.<@Nullable Type>of(mirrorDisk, filesystem, floatingIP, virtualHostName, systemd)
                .filter(type -> type != null)
                .findFirst()
                .orElse(null);
    }

    /** A block device mirrored between the group's nodes. */
    @ApiObject
    public record MirrorDisk(
            @JsonPropertyDescription("The device that holds the local copy on every node not named in perNode.")
            @Required
            @Pattern("^/dev/[^\\s]+$")
            @Size(min = 6, max = 255)
            String backing,

            @JsonPropertyDescription(
                    "Nodes whose backing device differs, by node name: {server2: {backing: /dev/sdb1}}.")
            @Size(max = 32)
            Map<String, NodeBacking> perNode,

            @JsonPropertyDescription("Sync: an acknowledged write is on both nodes.") @Default("Sync")
            MirrorMode mode,

            @JsonPropertyDescription(
                    "Size of the mirrored device, such as 100Gi. Left out: what the smallest backing device can hold.")
            @Pattern("^[1-9][0-9]{0,12}(Mi|Gi|Ti|M|G|T)?$")
            @Size(max = 16)
            @Nullable
            String size,

            @JsonPropertyDescription(
                    "IfBlank: a device that carries no metadata of ours and no known file system is initialised. Never: it is refused.")
            @Default("IfBlank")
            CreatePolicy create)
            implements Type {
        public MirrorDisk {
            perNode = perNode == null ? Map.of() : Map.copyOf(perNode);
            mode = mode == null ? MirrorMode.SYNC : mode;
            create = create == null ? CreatePolicy.IF_BLANK : create;
        }

        /** The backing device on {@code node}. */
        public String backingOn(String node) {
            NodeBacking own = perNode.get(node);
            return own == null ? backing : own.backing();
        }
    }

    /** A node's own backing device. */
    @ApiObject
    public record NodeBacking(
            @JsonPropertyDescription("The device that holds the copy on this node.")
            @Required
            @Pattern("^/dev/[^\\s]+$")
            @Size(min = 6, max = 255)
            String backing) {}

    /** A mounted file system. */
    @ApiObject
    public record Filesystem(
            @JsonPropertyDescription("Name of the mirrorDisk resource of this group that carries the file system.")
            @Required
            @Size(min = 1, max = 63)
            String disk,

            @JsonPropertyDescription("Absolute path at which it is mounted; made when missing.")
            @Required
            @Pattern("^/[^\\s]+$")
            @Size(min = 2, max = 255)
            @ValidationRule(
                    value = "!self.contains('/../') && !self.endsWith('/..') && !self.endsWith('/')",
                    message =
                            "mountPoint must be an absolute path without '..' and without a '/' at its end, such as /var/lib/mysql")
            String mountPoint,

            @JsonPropertyDescription("ext4 or xfs.") @Default("ext4")
            FilesystemType type,

            @JsonPropertyDescription("Mount options, comma-separated, such as noatime.")
            @Pattern("^[A-Za-z0-9_=.,:/-]*$")
            @Size(max = 255)
            @Nullable
            String options,

            @JsonPropertyDescription(
                    "IfBlank: a device without any signature gets a new file system at the first start. IfBlankFromMountPoint: and a copy of what the directory at mountPoint then holds. Never: it is refused.")
            @Default("IfBlank")
            CreatePolicy create)
            implements Type {
        public Filesystem {
            type = type == null ? FilesystemType.EXT4 : type;
            create = create == null ? CreatePolicy.IF_BLANK : create;
        }
    }

    /** An address that follows the group. */
    @ApiObject
    public record FloatingIp(
            @JsonPropertyDescription("The address with its prefix length, such as 198.18.10.50/24 or fd00:10::50/64.")
            @Required
            @Size(min = 4, max = 49)
            @ValidationRule(
                    value = "isCIDR(self)",
                    message = "address must be an IP address with its prefix length, such as 198.18.10.50/24")
            String address,

            @JsonPropertyDescription("The interface. Left out: the one that has an address in the same subnet.")
            @Pattern("^[^\\s/]+$")
            @Size(min = 1, max = 15)
            @JsonProperty("interface")
            @Nullable
            String interfaceName)
            implements Type {}

    /** A DNS name that follows the group. */
    @ApiObject
    public record VirtualHostName(
            @JsonPropertyDescription("The host name without its zone.")
            @Required
            @Pattern(Sentences.LABEL)
            @Size(min = 1, max = 63)
            String name,

            @JsonPropertyDescription("The zone and the server that takes its updates.") @Required
            Dns dns)
            implements Type {}

    /** Where a name is registered (RFC 2136). */
    @ApiObject
    public record Dns(
            @JsonPropertyDescription("The zone, such as iptv.example.")
            @Required
            @Pattern("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
            @Size(min = 1, max = 253)
            String zone,

            @JsonPropertyDescription("IP address of the primary name server.")
            @Required
            @Size(min = 2, max = 45)
            @ValidationRule(value = "isIP(self)", message = "dns.server must be an IP address, such as 198.18.10.2")
            String server,

            @JsonPropertyDescription("Port of the name server.") @Min(1) @Max(65535) @Default("53")
            Integer port,

            @JsonPropertyDescription(
                    "Secret with the TSIG key: keys 'name', 'algorithm' (such as hmac-sha256) and 'secret' (base64 text).")
            @Pattern("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
            @Size(min = 1, max = 253)
            @Nullable
            String tsigSecret,

            @JsonPropertyDescription("How long clients may remember the answer.")
            @Span(min = "1s", max = "24h", fallback = "5s")
            Duration ttl,

            @JsonPropertyDescription("Zone of the PTR record. Left out: no PTR record is written.")
            @Pattern("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
            @Size(min = 1, max = 253)
            @Nullable
            String reverseZone) {
        public Dns {
            port = port == null ? 53 : port;
            ttl = ttl == null ? Duration.ofSeconds(5) : ttl;
        }
    }

    /** A systemd unit. */
    @ApiObject
    public record SystemdUnit(
            @JsonPropertyDescription(
                    "Name of the unit, such as mariadb.service. It is started nowhere but where the group is active.")
            @Required
            @Pattern("^[A-Za-z0-9:_.@\\\\-]+\\.(service|socket|target|timer|mount|path)$")
            @Size(min = 3, max = 255)
            String unit)
            implements Type {}
}
