// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import io.metalha.node.core.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Makes a unit the group's: a drop-in in /etc, which therefore also stands at the next boot, lets it start only while the
 * group's held marker exists (neither boot, nor a package's post-install, nor a person starts it unheld), in the group's
 * slice, and takes restarting out of systemd's hands (safety rule 16).
 */
final class UnitTakeover {
    private static final String FILE = "50-metalha.conf";

    private final Path units;
    private final Path held;
    private final Systemd systemd;

    /**
     * @param units {@code /etc/systemd/system}
     * @param held  {@code /run/metalha/held}
     */
    UnitTakeover(Path units, Path held, Systemd systemd) {
        this.units = units;
        this.held = held;
        this.systemd = systemd;
    }

    /** Makes sure that the drop-in stands and is known to systemd; reloads only when it changed. */
    void take(String unit, GroupId group) throws IOException {
        Path file = file(unit);
        String wanted = text(unit, group);
        if (!wanted.equals(read(file))) {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(FILE + ".new");
            Files.writeString(fresh, wanted);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            systemd.reload();
        }
    }

    /** Gives the unit back to whoever manages the host, unless another group has taken it over meanwhile. */
    void giveBack(String unit, GroupId group) throws IOException {
        Path file = file(unit);
        if (text(unit, group).equals(read(file)) && Files.deleteIfExists(file)) {
            try {
                Files.deleteIfExists(file.getParent());
            } catch (IOException _) {
                // Others' drop-ins are in it.
            }
            systemd.reload();
        }
    }

    Path marker(GroupId group) {
        return held.resolve(group.name());
    }

    String text(String unit, GroupId group) {
        var slice = new GroupSlice(group);
        String head = """
                # Written by MetalHA: this unit belongs to failover group %s. Lasts until it leaves the group.
                [Unit]
                ConditionPathExists=%s
                StartLimitIntervalSec=0
                """.formatted(group, marker(group));
        return switch (unit.substring(unit.lastIndexOf('.') + 1)) {
            case "service" -> head + "[Service]\nSlice=" + slice.unitName() + "\nRestart=no\n";
            case "socket" -> head + "[Socket]\nSlice=" + slice.unitName() + "\n";
            default -> head;
        };
    }

    private Path file(String unit) {
        return units.resolve(unit + ".d").resolve(FILE);
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException _) {
            return "";
        }
    }
}
