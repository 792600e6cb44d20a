// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.mirror;

import io.metalha.node.monitor.Monitor;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.mirrordisk.MirrorPort;
import java.time.Duration;

/** The mirrored disk is Primary here and attached. A lost peer or a resync is no failure of it; status tells of those. */
public final class MirrorMonitor implements Monitor {
    private final String mirror;
    private final MirrorPort port;

    public MirrorMonitor(String mirror, MirrorPort port) {
        this.mirror = mirror;
        this.port = port;
    }

    @Override
    public Probe check(Duration timeout) {
        return switch (port.state(mirror)) {
            case Probe.Stopped _ -> new Probe.Failed("mirror " + mirror + " is no longer Primary here");
            case Probe.Running running -> running;
            case Probe.Failed failed -> failed;
            case Probe.Unknown unknown -> unknown;
        };
    }
}
