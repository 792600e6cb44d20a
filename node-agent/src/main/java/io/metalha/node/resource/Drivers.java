// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource;

import io.metalha.api.v1alpha1.CreatePolicy;
import io.metalha.api.v1alpha1.FilesystemType;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.core.GroupId;
import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.linux.RawClock;
import io.metalha.node.resource.dns.VirtualHostName;
import io.metalha.node.resource.dns.VirtualHostNameSettings;
import io.metalha.node.resource.dns.VirtualHostNameSettings.TsigKey;
import io.metalha.node.resource.filesystem.Filesystem;
import io.metalha.node.resource.filesystem.FilesystemSettings;
import io.metalha.node.resource.floatingip.AddressFilter;
import io.metalha.node.resource.floatingip.FloatingIp;
import io.metalha.node.resource.floatingip.FloatingIpSettings;
import io.metalha.node.resource.floatingip.LinkState;
import io.metalha.node.resource.mirrordisk.MirrorDisk;
import io.metalha.node.resource.mirrordisk.MirrorPort;
import io.metalha.node.resource.systemd.GroupSlice;
import io.metalha.node.resource.systemd.Systemd;
import io.metalha.node.resource.systemd.SystemdUnit;
import io.metalha.node.resource.systemd.SystemdUnitSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the driver of a resource from its manifest. One instance a process; the drivers share its connections.
 *
 * <p>A manifest that passed no API server may still be wrong: IllegalArgumentException then says in a sentence what to
 * correct.
 */
public final class Drivers {
    private static final MonotonicClock CLOCK = new RawClock();

    private final String node;
    private final AddressFilter filter;
    private final MirrorPort mirrors;
    private final Systemd systemd;
    private final LinkState links;
    private final SecretSource secrets;

    public Drivers(
            String node,
            AddressFilter filter,
            MirrorPort mirrors,
            Systemd systemd,
            LinkState links,
            SecretSource secrets) {
        this.node = node;
        this.filter = filter;
        this.mirrors = mirrors;
        this.systemd = systemd;
        this.links = links;
        this.secrets = secrets;
    }

    /** @param resources all of the group's, of which {@code resource} is one */
    public ResourceDriver driver(GroupId group, List<Resource> resources, Resource resource) {
        return switch (Objects.requireNonNull(
                resource.type(), () -> "resource " + resource.name() + " names no type")) {
            case Resource.MirrorDisk _ -> new MirrorDisk(group, resource.name(), mirrors);
            case Resource.Filesystem spec -> new Filesystem(filesystem(group, spec));
            case Resource.FloatingIp spec -> new FloatingIp(floatingIp(spec), filter, links, CLOCK);
            case Resource.VirtualHostName spec -> new VirtualHostName(hostName(spec, resources));
            case Resource.SystemdUnit spec -> new SystemdUnit(new SystemdUnitSettings(spec.unit(), group), systemd);
        };
    }

    /**
     * What the keeper itself ends when the lease ends; told to it before anything starts.
     *
     * @param cgroups   relative to the systemd hierarchy
     * @param addresses {@code address@interface}
     */
    public record StopList(List<String> cgroups, List<String> addresses) {}

    public StopList stopList(GroupId group, List<Resource> resources) {
        boolean units = resources.stream().anyMatch(resource -> resource.systemd() != null);
        List<String> addresses = resources.stream()
                .map(Resource::floatingIP)
                .filter(Objects::nonNull)
                .map(spec -> new FloatingIp(floatingIp(spec), filter, links, CLOCK).place())
                .flatMap(Optional::stream)
                .toList();
        return new StopList(units ? List.of(new GroupSlice(group).cgroupPath()) : List.of(), addresses);
    }

    private static FilesystemSettings filesystem(GroupId group, Resource.Filesystem spec) {
        return new FilesystemSettings(
                MirrorDisk.device(group, spec.disk()),
                Path.of(spec.mountPoint()),
                spec.type() == FilesystemType.XFS ? FilesystemSettings.Type.XFS : FilesystemSettings.Type.EXT4,
                options(spec.options()),
                create(spec.create()));
    }

    private static FilesystemSettings.Create create(CreatePolicy policy) {
        return switch (policy) {
            case NEVER -> FilesystemSettings.Create.NEVER;
            case IF_BLANK -> FilesystemSettings.Create.IF_BLANK;
            case IF_BLANK_FROM_MOUNT_POINT -> FilesystemSettings.Create.IF_BLANK_FROM_MOUNT_POINT;
        };
    }

    private static List<String> options(@Nullable String options) {
        return options == null || options.isBlank() ? List.of() : List.of(options.split(","));
    }

    private static FloatingIpSettings floatingIp(Resource.FloatingIp spec) {
        return FloatingIpSettings.parse(spec.address(), Optional.ofNullable(spec.interfaceName()));
    }

    private VirtualHostNameSettings hostName(Resource.VirtualHostName spec, List<Resource> resources) {
        Resource.Dns dns = spec.dns();
        List<InetAddress> addresses = resources.stream()
                .map(Resource::floatingIP)
                .filter(Objects::nonNull)
                .map(address -> floatingIp(address).address())
                .toList();
        return new VirtualHostNameSettings(
                spec.name(),
                dns.zone(),
                server(dns),
                Optional.ofNullable(dns.tsigSecret()).map(secret -> () -> key(secret)),
                dns.ttl(),
                Optional.ofNullable(dns.reverseZone()),
                addresses,
                node);
    }

    private static InetSocketAddress server(Resource.Dns dns) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(dns.server()), dns.port());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "dns.server must be an IP address, such as 198.18.10.2, not " + dns.server(), e);
        }
    }

    private TsigKey key(String secret) throws IOException {
        Map<String, String> values = secrets.read(secret)
                .orElseThrow(() -> new IOException("the Secret " + secret + " has not been seen here; make it"));
        for (String key : List.of("name", "algorithm", "secret")) {
            if (!values.containsKey(key)) {
                throw new IOException("the Secret " + secret + " has no key '" + key
                        + "'; it needs name, algorithm (such as hmac-sha256) and secret (base64 text)");
            }
        }
        return new TsigKey(text(values, "name"), text(values, "algorithm"), text(values, "secret"));
    }

    private static String text(Map<String, String> values, String key) {
        return values.getOrDefault(key, "").strip();
    }
}
