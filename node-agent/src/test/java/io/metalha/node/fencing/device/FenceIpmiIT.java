// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.metalha.node.resource.HostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's fence_ipmilan, ipmitool and OpenIPMI's ipmi_sim: power really goes off and on, and the password is seen by nobody. */
class FenceIpmiIT {
    private static final String PASSWORD = "pw-of-the-board1";

    @TempDir
    Path folder;

    private IpmiSimulator board;
    private FenceAgents agents;

    @BeforeEach
    void begin() throws IOException {
        for (String tool : List.of("ipmi_sim", "ipmitool", "fence_ipmilan")) {
            if (!HostCommand.exists(tool)) {
                System.out.println("FenceIpmiIT is skipped: " + tool
                        + " is missing; examples/lab/lib/test-tools installs fence-agents, ipmitool and openipmi");
                abort(tool + " is missing");
            }
        }
        board = new IpmiSimulator(folder.resolve("board"), "metalha", PASSWORD);
        agents = new FenceAgents(folder.resolve("run"));
        HostCommand.await(Duration.ofSeconds(40), "the board answers", () -> status(PASSWORD) instanceof Answer.On);
    }

    @AfterEach
    void end() {
        if (board != null) {
            board.close();
        }
    }

    @Test
    void powersOffAndConfirms() throws IOException {
        assertEquals(new Answer.Off(), agents.powerOff(device(PASSWORD)));
        assertFalse(board.hasPower());
        assertEquals(new Answer.Off(), status(PASSWORD));
        assertEquals(new Answer.Off(), agents.powerOff(device(PASSWORD)), "off is off already");
        board.turnOn();
        assertEquals(new Answer.On(), status(PASSWORD));
    }

    @Test
    void aWrongPasswordConfirmsNothingAndIsNotRepeated() throws IOException {
        Answer answer = agents.powerOff(device("wrong-password1"));
        Answer.Failed failed = assertInstanceOf(Answer.Failed.class, answer);
        assertFalse(failed.reason().contains("wrong-password1"), failed.reason());
        assertTrue(board.hasPower());
    }

    @Test
    void aBoardThatIsGoneConfirmsNothing() {
        board.close();
        assertInstanceOf(Answer.Failed.class, agents.powerOff(device(PASSWORD)));
    }

    /**
     * ipmitool overwrites a password on its command line within milliseconds, too soon for eyes that look at /proc now and then: so one
     * stands in its place that tells how it was called.
     */
    @Test
    void thePasswordIsOnNoCommandLineAndInNoFile() throws IOException, InterruptedException {
        Path calls = folder.resolve("calls");
        Path recorder = folder.resolve("recorder");
        Files.writeString(recorder, """
                #!/bin/sh
                { tr '\\0' ' ' </proc/$$/cmdline; echo; } >>%s
                exec ipmitool "$@"
                """.formatted(calls));
        assertTrue(recorder.toFile().setExecutable(true));
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Thread eyes = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                lookAtCommandLines(seen);
            }
        });
        try {
            assertEquals(
                    new Answer.Off(), agents.powerOff(device(PASSWORD, Map.of("ipmitool_path", recorder.toString()))));
        } finally {
            eyes.interrupt();
            eyes.join();
        }
        seen.addAll(Files.readAllLines(calls));
        assertTrue(seen.stream().anyMatch(line -> line.contains("recorder") && line.contains("chassis power off")));
        assertEquals(
                List.of(), seen.stream().filter(line -> line.contains(PASSWORD)).toList());
        try (var files = Files.walk(folder.resolve("run"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(file).contains(PASSWORD), file::toString);
            }
        }
    }

    private static void lookAtCommandLines(Set<String> seen) {
        ProcessHandle.current().descendants().forEach(process -> {
            try {
                byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
                seen.add(new String(line, StandardCharsets.UTF_8).replace('\0', ' '));
            } catch (IOException _) {
                // It has ended.
            }
        });
    }

    private Answer status(String password) {
        return agents.status(device(password));
    }

    private FenceDevice device(String password) {
        return device(password, Map.of());
    }

    /** ipmi_sim knows cipher suite 3 at best. */
    private FenceDevice device(String password, Map<String, String> more) {
        Map<String, String> parameters = new TreeMap<>(more);
        parameters.putAll(
                Map.of("ip", "127.0.0.1", "ipport", String.valueOf(board.port()), "lanplus", "1", "cipher", "3"));
        return new FenceDevice(
                "ipmi",
                "fence_ipmilan",
                parameters,
                Map.of("username", "metalha", "password", password),
                Duration.ofSeconds(60));
    }
}
