// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.unit;

import io.metalha.node.monitor.BoundedCheck;
import io.metalha.node.monitor.Monitor;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.ResourceDriver.Watch;
import io.metalha.node.resource.systemd.Systemd;
import io.metalha.node.resource.systemd.UnitState;
import java.io.IOException;
import java.time.Duration;

/** The unit is active. A death is heard from systemd within milliseconds, see {@link #watch}. */
public final class UnitMonitor implements Monitor {
    private final String unit;
    private final Systemd systemd;

    public UnitMonitor(String unit, Systemd systemd) {
        this.unit = unit;
        this.systemd = systemd;
    }

    @Override
    public void warmUp() {
        check(Duration.ofSeconds(1));
    }

    @Override
    public Probe check(Duration timeout) {
        return BoundedCheck.run("the question to systemd about " + unit, timeout, this::ask);
    }

    private Probe ask() {
        try {
            if (systemd.isActive(unit)) {
                return new Probe.Running();
            }
            UnitState state = systemd.state(unit);
            if (state.isActive()) {
                return new Probe.Running();
            }
            if (state.active().equals("activating")) {
                return new Probe.Unknown(unit + " is activating (" + state.sub() + ")");
            }
            // A main process that died leaves "deactivating" behind while ExecStopPost runs: dead is dead.
            return new Probe.Failed(
                    unit + " is " + state.active() + (state.result().isEmpty() ? "" : " (" + state.result() + ")"));
        } catch (IOException e) {
            return new Probe.Unknown("systemd does not say how " + unit + " is: " + e.getMessage());
        }
    }

    @Override
    public Watch watch(Runnable changed) {
        try {
            return systemd.watch(unit, changed);
        } catch (IOException _) {
            // The checks at intervals go on.
            return () -> {};
        }
    }
}
