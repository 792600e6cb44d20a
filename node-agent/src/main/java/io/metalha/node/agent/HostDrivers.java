// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Fencing;
import io.metalha.api.v1alpha1.Monitor;
import io.metalha.api.v1alpha1.Resource;
import io.metalha.node.agent.config.SecretStore;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.fencing.device.Answer;
import io.metalha.node.fencing.device.FenceAgents;
import io.metalha.node.fencing.device.FenceDevice;
import io.metalha.node.local.LineClient;
import io.metalha.node.monitor.Monitors;
import io.metalha.node.resource.ResourceDriver;
import io.metalha.node.resource.floatingip.LinkState;
import io.metalha.node.resource.mirrordisk.MirrorPort;
import io.metalha.node.resource.systemd.SystemBus;
import io.metalha.node.resource.systemd.Systemd;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The drivers of this host. Each group has a filter of its own, for the keeper wants to know whose address it is. */
final class HostDrivers implements Drivers {
    private final NodeId self;
    private final Supplier<LineClient> keeper;
    private final MirrorPort mirrors;
    private final SecretStore secrets;
    private final Systemd systemd = new SystemBus();
    private final LinkState links;
    private final FenceAgents fenceAgents;
    private final Map<GroupId, io.metalha.node.resource.Drivers> byGroup = new HashMap<>();

    HostDrivers(
            NodeId self,
            Supplier<LineClient> keeper,
            MirrorPort mirrors,
            SecretStore secrets,
            LinkState links,
            Path state) {
        this.fenceAgents = new FenceAgents(state.resolve("fencing"));
        this.self = self;
        this.keeper = keeper;
        this.mirrors = mirrors;
        this.secrets = secrets;
        this.links = links;
    }

    @Override
    public ResourceDriver driver(ClusterGroup group, Resource resource) {
        return of(group).driver(id(group), group.getSpec().resources(), resource);
    }

    @Override
    public io.metalha.node.monitor.Monitor monitor(ClusterGroup group, Monitor monitor) {
        return new Monitors(self, of(group), mirrors, systemd, secrets::texts)
                .monitor(id(group), group.getSpec().resources(), monitor);
    }

    @Override
    public StopList stopList(ClusterGroup group) {
        io.metalha.node.resource.Drivers.StopList list =
                of(group).stopList(id(group), group.getSpec().resources());
        return new StopList(list.cgroups(), list.addresses());
    }

    @Override
    public Answer fence(Fencing.Device device, boolean powerOff) {
        try {
            Map<String, String> secret = device.secret() == null
                    ? Map.of()
                    : secrets.texts(device.secret())
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "the Secret " + device.secret() + " has not been seen here; make it"));
            FenceDevice built =
                    new FenceDevice(device.name(), device.agent(), device.parameters(), secret, device.timeout());
            return powerOff ? fenceAgents.powerOff(built) : fenceAgents.status(built);
        } catch (IllegalArgumentException e) {
            return new Answer.Failed(String.valueOf(e.getMessage()));
        }
    }

    private synchronized io.metalha.node.resource.Drivers of(ClusterGroup group) {
        GroupId id = id(group);
        return byGroup.computeIfAbsent(
                id,
                _ -> new io.metalha.node.resource.Drivers(
                        self.name(), new KeeperFilter(id, keeper), mirrors, systemd, links, secrets::texts));
    }

    private static GroupId id(ClusterGroup group) {
        return new GroupId(group.getMetadata().getName());
    }
}
