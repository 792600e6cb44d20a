// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.GroupId;
import io.metalha.node.resource.ResourceDriver.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitTakeoverTest {
    private static final GroupId GROUP = new GroupId("iptv-db");

    @TempDir
    Path units;

    private int reloads;

    @Test
    void dropInHoldsTheUnitToItsGroupAndIsReadOnce() throws IOException {
        UnitTakeover takeover = new UnitTakeover(units, Path.of("/run/metalha/held"), counting());
        takeover.take("mariadb.service", GROUP);
        takeover.take("mariadb.service", GROUP);
        assertEquals(1, reloads, "an unchanged drop-in costs no reload");
        String text = Files.readString(units.resolve("mariadb.service.d/50-metalha.conf"));
        assertTrue(text.contains("ConditionPathExists=/run/metalha/held/iptv-db\n"), text);
        assertTrue(text.contains("[Service]\nSlice=metalha-iptv\\x2ddb.slice\nRestart=no\n"), text);
        takeover.giveBack("mariadb.service", GROUP);
        assertEquals(2, reloads);
        assertFalse(Files.exists(units.resolve("mariadb.service.d")));
    }

    @Test
    void aUnitThatAnotherGroupTookOverIsNotGivenBack() throws IOException {
        UnitTakeover takeover = new UnitTakeover(units, Path.of("/run/metalha/held"), counting());
        takeover.take("mariadb.service", GROUP);
        GroupId other = new GroupId("other");
        takeover.take("mariadb.service", other);
        takeover.giveBack("mariadb.service", GROUP);
        takeover.take("mariadb.service", other);
        assertEquals(2, reloads, "the other group's drop-in still stands");
    }

    @Test
    void sliceOfAGroupWithADashHasNoParentOfThatName() {
        assertEquals("metalha.slice/metalha-iptv\\x2ddb.slice", new GroupSlice(GROUP).cgroupPath());
    }

    @Test
    void timersGetTheConditionOnly() {
        String text = new UnitTakeover(units, Path.of("/run/metalha/held"), counting()).text("job.timer", GROUP);
        assertFalse(text.contains("Slice="), text);
    }

    private Systemd counting() {
        return new Systemd() {
            @Override
            public UnitState state(String unit) {
                throw new AssertionError("not asked");
            }

            @Override
            public String start(String unit, Duration timeout) {
                throw new AssertionError("not asked");
            }

            @Override
            public String stop(String unit, Duration timeout) {
                throw new AssertionError("not asked");
            }

            @Override
            public void resetFailed(String unit) {
                throw new AssertionError("not asked");
            }

            @Override
            public void reload() {
                reloads++;
            }

            @Override
            public Watch watch(String unit, Runnable changed) {
                return () -> {};
            }
        };
    }
}
