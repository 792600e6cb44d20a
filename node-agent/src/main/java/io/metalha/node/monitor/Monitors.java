// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor;

import io.metalha.api.v1alpha1.Monitor.FloatingIpCheck;
import io.metalha.api.v1alpha1.Monitor.HttpCheck;
import io.metalha.api.v1alpha1.Monitor.MirrorCheck;
import io.metalha.api.v1alpha1.Monitor.MysqlCheck;
import io.metalha.api.v1alpha1.Monitor.ProcessCheck;
import io.metalha.api.v1alpha1.Monitor.SystemdUnitCheck;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.api.v1alpha1.SqlLevel;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.monitor.address.AddressMonitor;
import io.metalha.node.monitor.http.HttpMonitor;
import io.metalha.node.monitor.mirror.MirrorMonitor;
import io.metalha.node.monitor.process.ProcessMonitor;
import io.metalha.node.monitor.sql.SqlMonitor;
import io.metalha.node.monitor.sql.SqlSettings;
import io.metalha.node.monitor.sql.SqlSettings.Endpoint;
import io.metalha.node.monitor.sql.SqlSettings.Level;
import io.metalha.node.monitor.sql.SqlSettings.Login;
import io.metalha.node.monitor.unit.UnitMonitor;
import io.metalha.node.resource.Drivers;
import io.metalha.node.resource.SecretSource;
import io.metalha.node.resource.floatingip.FloatingIp;
import io.metalha.node.resource.mirrordisk.MirrorDisk;
import io.metalha.node.resource.mirrordisk.MirrorPort;
import io.metalha.node.resource.systemd.Systemd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes monitors from their manifests. As {@link Drivers}: IllegalArgumentException says what to correct. */
public final class Monitors {
    private final NodeId node;
    private final Drivers drivers;
    private final MirrorPort mirrors;
    private final Systemd systemd;
    private final SecretSource secrets;

    public Monitors(NodeId node, Drivers drivers, MirrorPort mirrors, Systemd systemd, SecretSource secrets) {
        this.node = node;
        this.drivers = drivers;
        this.mirrors = mirrors;
        this.systemd = systemd;
        this.secrets = secrets;
    }

    /** @param resources all of the group's */
    public Monitor monitor(GroupId group, List<Resource> resources, io.metalha.api.v1alpha1.Monitor spec) {
        return switch (spec.type()) {
            case null -> throw new IllegalArgumentException("monitor " + spec.name() + " names no type");
            case SystemdUnitCheck check -> new UnitMonitor(unit(check, resources, spec), systemd);
            case ProcessCheck check -> new ProcessMonitor(check.executable(), check.atLeast());
            case MysqlCheck check -> new SqlMonitor(sql(check));
            case HttpCheck check ->
                new HttpMonitor(URI.create(check.url()), check.expectStatus(), Optional.ofNullable(check.expectBody()));
            case FloatingIpCheck _ -> new AddressMonitor(address(group, resources, spec));
            case MirrorCheck _ ->
                new MirrorMonitor(
                        MirrorDisk.name(
                                group,
                                watched(resources, spec, resource -> resource.mirrorDisk() != null)
                                        .name()),
                        mirrors);
        };
    }

    private FloatingIp address(GroupId group, List<Resource> resources, io.metalha.api.v1alpha1.Monitor spec) {
        Resource resource = watched(resources, spec, each -> each.floatingIP() != null);
        return (FloatingIp) drivers.driver(group, resources, resource);
    }

    private static String unit(SystemdUnitCheck check, List<Resource> resources, io.metalha.api.v1alpha1.Monitor spec) {
        if (check.unit() != null) {
            return check.unit();
        }
        var unit =
                watched(resources, spec, resource -> resource.systemd() != null).systemd();
        return unit == null ? "" : unit.unit();
    }

    /** The resource that the monitor names, or the last one of the fitting type. */
    private static Resource watched(
            List<Resource> resources, io.metalha.api.v1alpha1.Monitor spec, Predicate<Resource> fits) {
        return resources.stream()
                .filter(fits)
                .filter(resource -> spec.resource() == null || resource.name().equals(spec.resource()))
                .reduce((_, later) -> later)
                .orElseThrow(() -> new IllegalArgumentException("monitor " + spec.name()
                        + " fits no resource of the group; name one of the same type in its field 'resource'"));
    }

    private SqlSettings sql(MysqlCheck check) {
        Optional<String> secret = Optional.ofNullable(check.credentialsSecret());
        return new SqlSettings(endpoint(check), level(check.level()), secret.map(name -> () -> login(name)), node);
    }

    private static Endpoint endpoint(MysqlCheck check) {
        if (check.socket() != null) {
            return new Endpoint.Local(Path.of(check.socket()));
        }
        String address = check.address();
        int colon = address == null ? -1 : address.lastIndexOf(':');
        if (address == null || colon < 1) {
            throw new IllegalArgumentException("a mysql monitor names a socket or an address such as 127.0.0.1:3306");
        }
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        return new Endpoint.Remote(
                new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(address.substring(colon + 1))));
    }

    private static Level level(SqlLevel level) {
        return switch (level) {
            case CONNECT -> Level.CONNECT;
            case READ -> Level.READ;
            case READ_WRITE -> Level.READ_WRITE;
        };
    }

    private Login login(String secret) throws IOException {
        Map<String, String> values = secrets.read(secret)
                .orElseThrow(() -> new IOException("the Secret " + secret + " has not been seen here; make it"));
        String user = values.get("username");
        String password = values.get("password");
        if (user == null || password == null) {
            throw new IOException("the Secret " + secret + " needs the keys username and password");
        }
        return new Login(user, password);
    }
}
