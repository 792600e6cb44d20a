// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.linux.RawClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A FIFO in the place of the device: what is written to it is what the driver would see. */
@Timeout(20)
class WatchdogTest {
    @TempDir
    Path folder;

    private final RawClock clock = new RawClock();
    private Path device;

    @BeforeEach
    void makeDevice() throws Exception {
        device = folder.resolve("watchdog");
        assertEquals(0, new ProcessBuilder("mkfifo", device.toString()).start().waitFor());
    }

    @Test
    void disarmsWhatCanBeDisarmedOnceNothingIsHeld() throws IOException {
        assertEquals('V', afterTheLastLease("0"));
    }

    /** Closing it would reset a server from which the last group had just been moved away. */
    @Test
    void goesOnFeedingWhatCannotBeDisarmed() throws IOException {
        assertEquals('p', afterTheLastLease("1"));
    }

    /** The byte after the fifth since nothing is held any more; a disarmed device is fed no more, so its 'V' is the last. */
    private int afterTheLastLease(String nowayout) throws IOException {
        Files.createDirectories(folder.resolve("class/watchdog0"));
        Files.writeString(folder.resolve("class/watchdog0/nowayout"), nowayout + "\n");
        // Open for both: neither waits for the other end.
        try (var driver = new RandomAccessFile(device.toFile(), "rw");
                var watchdog = new Watchdog(
                        new Watchdog.Settings(device, Duration.ofMillis(1200), Duration.ofSeconds(5)),
                        folder.resolve("armed"),
                        folder.resolve("class"),
                        clock,
                        new KeeperLog(clock, System.out))) {
            watchdog.turned(clock.nanos(), true, 0);
            assertEquals('p', driver.read());
            assertTrue(watchdog.state().contains("(nowayout)") == nowayout.equals("1"), watchdog.state());
            int last = 'p';
            for (int i = 0; i < 6 && last == 'p'; i++) {
                watchdog.turned(clock.nanos(), false, 0);
                last = driver.read();
            }
            return last;
        }
    }
}
