// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.metalha.node.resource.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fence agents the host has: what they say of themselves is understood. */
class InstalledAgentsIT {
    @TempDir
    Path folder;

    @Test
    void theMetadataOfEachInstalledAgentIsUnderstood() throws IOException {
        if (!HostCommand.exists("fence_ipmilan")) {
            System.out.println(
                    "InstalledAgentsIT is skipped: fence-agents is missing; examples/lab/lib/test-tools installs it");
            abort("fence-agents is missing");
        }
        List<Path> programs;
        try (var files = Files.list(Path.of("/usr/sbin"))) {
            programs = files.filter(file -> file.getFileName().toString().startsWith("fence_"))
                    .filter(Files::isExecutable)
                    // A person's way to say that it was done; no agent.
                    .filter(file -> !file.endsWith("fence_ack_manual"))
                    .sorted()
                    .toList();
        }
        FenceAgents agents = new FenceAgents(folder);
        List<String> confirming = new ArrayList<>();
        List<String> others = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Path program : programs) {
            try {
                FenceMetadata metadata = agents.metadata(program);
                boolean confirms = metadata.actions().containsAll(List.of("off", "status"));
                (confirms ? confirming : others).add(program.getFileName().toString());
            } catch (IOException | InterruptedException e) {
                faults.add(e.getMessage());
            }
        }
        System.out.printf(
                "%d agents can confirm a power-off; %d cannot: %s; not understood: %s%n",
                confirming.size(), others.size(), others, faults);
        assertTrue(confirming.contains("fence_ipmilan") && confirming.contains("fence_redfish"), confirming::toString);
        assertEquals(List.of(), faults);
    }
}
