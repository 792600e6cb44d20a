// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.systemd;

import static io.metalha.node.resource.HostCommand.await;
import static io.metalha.node.resource.HostCommand.run;
import static io.metalha.node.resource.HostCommand.tryRun;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.resource.HostCommand;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A unit under a real systemd (in the lab's server image): taken over, started held only, killed, watched. */
class SystemdUnitIT {
    private static final Epoch EPOCH = new Epoch(7, 1);
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final GroupId GROUP = new GroupId("res-test");
    private static final String UNIT = "metalha-res-test.service";
    private static final Path FILE = Path.of("/run/systemd/system/" + UNIT);
    private static final Path MARKER = Path.of("/run/metalha/held/res-test");

    private final SystemBus bus = new SystemBus();
    private final SystemdUnit unit = new SystemdUnit(new SystemdUnitSettings(UNIT, GROUP), bus);

    @BeforeEach
    void install() throws IOException {
        assumeTrue(
                HostCommand.isRoot() && Files.exists(Path.of("/run/systemd/system")),
                "needs systemd as this machine's init");
        Files.createDirectories(MARKER.getParent());
        Files.deleteIfExists(MARKER);
        unit("ExecStart=/bin/sleep 1000");
    }

    @AfterEach
    void remove() throws IOException {
        if (Files.exists(FILE)) {
            unit.stop(EPOCH, true, BOUND);
            tryRun("systemctl", "unmask", "--runtime", UNIT);
            Files.deleteIfExists(FILE);
            unit.forget();
            tryRun("systemctl", "daemon-reload");
            tryRun("systemctl", "reset-failed", UNIT);
            Files.deleteIfExists(MARKER);
        }
        bus.close();
    }

    @Test
    void runsHeldInItsSliceAndStops() throws IOException {
        unit.warmUp();
        Files.createFile(MARKER);
        assertInstanceOf(Probe.Stopped.class, unit.probe(BOUND));
        assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND));
        assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND), "start of the started succeeds");
        assertEquals(new Probe.Running(), unit.probe(BOUND));
        assertEquals(1, GroupSlice.processes(unit.cgroupPath()).size(), "the keeper can reach it");
        assertEquals(new Outcome.Done(), unit.stop(EPOCH, false, BOUND));
        assertEquals(new Outcome.Done(), unit.stop(EPOCH, false, BOUND), "stop of the stopped succeeds");
        assertInstanceOf(Probe.Stopped.class, unit.probe(BOUND));
        unit.forget();
        assertFalse(Files.exists(Path.of("/etc/systemd/system/" + UNIT + ".d")));
    }

    @Test
    void nothingStartsUnheld() {
        run("systemctl", "start", UNIT);
        assertEquals(new Probe.Running(), unit.probe(BOUND));
        unit.warmUp();
        assertInstanceOf(Probe.Stopped.class, unit.probe(BOUND), "what ran unheld is ended by the takeover");
        run("systemctl", "start", UNIT);
        assertInstanceOf(Probe.Stopped.class, unit.probe(BOUND), "a person's start is skipped");
        var refused = assertInstanceOf(Outcome.Failed.class, unit.start(EPOCH, BOUND));
        assertTrue(refused.reason().contains("not held"), refused.reason());
    }

    @Test
    void unitsThatCannotBeTakenOverAreRefused() throws IOException {
        Files.createFile(MARKER);
        Files.delete(FILE);
        run("systemctl", "daemon-reload");
        var missing = assertInstanceOf(Outcome.Failed.class, unit.start(EPOCH, BOUND));
        assertTrue(missing.reason().contains("there is no unit"), missing.reason());
        run("systemctl", "mask", "--runtime", UNIT);
        var masked = assertInstanceOf(Outcome.Failed.class, unit.start(EPOCH, BOUND));
        assertTrue(masked.reason().contains("masked"), masked.reason());
    }

    @Test
    void failedStartSaysSo() throws IOException {
        unit("Type=notify\nExecStart=/bin/false");
        Files.createFile(MARKER);
        var failed = assertInstanceOf(Outcome.Failed.class, unit.start(EPOCH, BOUND));
        assertTrue(failed.reason().contains("failed (") && failed.reason().contains("journalctl"), failed.reason());
        unit("ExecStart=/bin/sleep 1000");
        assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND), "an old failure does not stand in the way");
    }

    @Test
    void deathIsHeardAtOnceAndNotRestartedBySystemd() throws Exception {
        unit("Restart=always\nExecStart=/bin/sleep 1000");
        Files.createFile(MARKER);
        assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND));
        var changes = new AtomicInteger();
        try (var _ = bus.watch(UNIT, changes::incrementAndGet)) {
            changes.set(0);
            ProcessHandle.of(bus.state(UNIT).mainPid()).orElseThrow().destroyForcibly();
            long nanos = await(BOUND, "the change is heard", () -> changes.get() > 0);
            System.out.println("death of a unit heard after " + nanos / 1_000 + " us");
            await(BOUND, "it is not running", () -> !(unit.probe(BOUND) instanceof Probe.Running));
            assertTrue(bus.state(UNIT).isFailed());
        }
    }

    @Test
    void hardStopKillsWhatIgnoresPoliteness() throws IOException {
        unit("TimeoutStopSec=900\nExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1000; done'");
        Files.createFile(MARKER);
        assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND));
        await(BOUND, "it ignores", () -> GroupSlice.processes(unit.cgroupPath()).size() == 2);
        var polite = assertInstanceOf(Outcome.Failed.class, unit.stop(EPOCH, false, Duration.ofMillis(500)));
        assertTrue(polite.reason().contains("did not stop within"), polite.reason());
        long begin = System.nanoTime();
        assertEquals(new Outcome.Done(), unit.stop(EPOCH, true, BOUND));
        System.out.println("hard stop: " + (System.nanoTime() - begin) / 1_000 + " us");
        assertEquals(0, GroupSlice.processes(unit.cgroupPath()).size());
        await(BOUND, "systemd has seen it", () -> unit.probe(BOUND) instanceof Probe.Stopped);
        assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND), "it starts again after a hard stop");
    }

    @Test
    void figures() throws IOException {
        unit.warmUp();
        Files.createFile(MARKER);
        long[] starts = new long[15];
        long[] stops = new long[15];
        for (int round = 0; round < starts.length; round++) {
            long begin = System.nanoTime();
            assertEquals(new Outcome.Done(), unit.start(EPOCH, BOUND));
            long middle = System.nanoTime();
            assertEquals(new Outcome.Done(), unit.stop(EPOCH, false, BOUND));
            starts[round] = middle - begin;
            stops[round] = System.nanoTime() - middle;
        }
        System.out.println("systemd unit, first start " + starts[0] / 1_000 + " us");
        Arrays.sort(starts);
        Arrays.sort(stops);
        System.out.println("systemd unit start median " + starts[7] / 1_000 + " us, max " + starts[14] / 1_000
                + " us; stop median " + stops[7] / 1_000 + " us, max " + stops[14] / 1_000 + " us");
    }

    private static void unit(String service) throws IOException {
        Files.writeString(FILE, "[Unit]\nDescription=test\n[Service]\n" + service + "\n");
        run("systemctl", "daemon-reload");
    }
}
