// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import io.metalha.node.core.GroupId;
import java.nio.file.Path;

/** @param unit with its suffix, as mariadb.service */
public record SystemdUnitSettings(String unit, GroupId group, Path units, Path held) {
    /** On a host as systemd and this project lay it out. */
    public SystemdUnitSettings(String unit, GroupId group) {
        this(unit, group, Path.of("/etc/systemd/system"), Path.of("/run/metalha/held"));
    }
}
