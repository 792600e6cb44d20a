// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.monitor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.resource.ResourceDriver.Probe;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessMonitorTest {
    private static final Duration BOUND = Duration.ofSeconds(5);

    @Test
    void ownProgramIsFoundByPathAndByName() throws Exception {
        String program = Path.of("/proc/self/exe").toRealPath().toString();
        assertEquals(new Probe.Running(), new ProcessMonitor(program, 1).check(BOUND));
        assertEquals(new Probe.Running(), new ProcessMonitor("java", 1).check(BOUND));
    }

    @Test
    void absenceSaysHowManyThereAre() {
        var failed =
                assertInstanceOf(Probe.Failed.class, new ProcessMonitor("/usr/sbin/no-such-program", 2).check(BOUND));
        assertTrue(failed.reason().contains("there are 0 processes"), failed.reason());
    }
}
