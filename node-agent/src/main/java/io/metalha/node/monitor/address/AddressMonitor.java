// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.address;

import io.metalha.node.monitor.Monitor;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.ResourceDriver.Watch;
import io.metalha.node.resource.floatingip.FloatingIp;
import java.time.Duration;

/** The address is on its interface, and the interface has a carrier. */
public final class AddressMonitor implements Monitor {
    private final FloatingIp address;

    public AddressMonitor(FloatingIp address) {
        this.address = address;
    }

    @Override
    public Probe check(Duration timeout) {
        return switch (address.probe(timeout)) {
            case Probe.Stopped _ -> new Probe.Failed("the address is no longer on its interface");
            case Probe.Running running -> running;
            case Probe.Failed failed -> failed;
            case Probe.Unknown unknown -> unknown;
        };
    }

    @Override
    public Watch watch(Runnable changed) {
        return address.watch(changed);
    }
}
