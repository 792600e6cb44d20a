// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.abort;

import io.metalha.node.resource.HostCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's fence_redfish against sushy-tools' emulator, whose server takes up to eleven seconds to go off. */
class FenceRedfishIT {
    @TempDir
    Path folder;

    private RedfishSimulator board;
    private FenceAgents agents;

    @BeforeEach
    void begin() throws IOException {
        for (String tool : List.of("sushy-emulator", "openssl", "fence_redfish")) {
            if (!HostCommand.exists(tool)) {
                System.out.println("FenceRedfishIT is skipped: " + tool
                        + " is missing; examples/lab/lib/test-tools installs fence-agents and sushy-tools");
                abort(tool + " is missing");
            }
        }
        board = new RedfishSimulator(folder);
        agents = new FenceAgents(folder.resolve("run"));
        HostCommand.await(
                Duration.ofSeconds(40),
                "the board answers",
                () -> status(RedfishSimulator.PASSWORD) instanceof Answer.On);
    }

    @AfterEach
    void end() {
        if (board != null) {
            board.close();
        }
    }

    @Test
    void powersOffAndConfirms() {
        assertEquals(new Answer.Off(), agents.powerOff(device(RedfishSimulator.PASSWORD)));
        assertEquals(new Answer.Off(), status(RedfishSimulator.PASSWORD));
    }

    @Test
    void aWrongPasswordConfirmsNothingAndIsNotRepeated() {
        Answer.Failed failed = assertInstanceOf(Answer.Failed.class, agents.powerOff(device("wrong-password2")));
        assertFalse(failed.reason().contains("wrong-password2"), failed.reason());
        assertEquals(new Answer.On(), status(RedfishSimulator.PASSWORD));
    }

    private Answer status(String password) {
        return agents.status(device(password));
    }

    private FenceDevice device(String password) {
        return new FenceDevice(
                "redfish",
                "fence_redfish",
                Map.of(
                        "ip",
                        "127.0.0.1",
                        "ipport",
                        String.valueOf(board.port()),
                        "systems_uri",
                        RedfishSimulator.SYSTEM,
                        "ssl_insecure",
                        "1"),
                Map.of("username", RedfishSimulator.USER, "password", password),
                Duration.ofSeconds(60));
    }
}
