// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

/**
 * A unit as systemd shows it (org.freedesktop.systemd1(5)).
 *
 * @param load         loaded, not-found, masked, error, bad-setting
 * @param active       active, reloading, inactive, failed, activating, deactivating
 * @param result       of the last run: success, exit-code, signal, timeout …; empty for units that have none
 * @param mainPid      0 for none
 * @param controlGroup from the hierarchy's root; empty while nothing runs
 */
public record UnitState(String load, String active, String sub, String result, long mainPid, String controlGroup) {
    public boolean isActive() {
        return isActive(active);
    }

    /** @param active as systemd's ActiveState */
    static boolean isActive(String active) {
        return active.equals("active") || active.equals("reloading");
    }

    public boolean isChanging() {
        return active.equals("activating") || active.equals("deactivating");
    }

    public boolean isFailed() {
        return active.equals("failed");
    }

    public boolean isIn(GroupSlice slice) {
        return controlGroup.contains("/" + slice.unitName() + "/");
    }
}
