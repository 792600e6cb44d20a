// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.local.Message;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real keepers and a FIFO in the place of /dev/watchdog: what a watchdog would have been told. */
@Timeout(120)
class WatchdogIT {
    private static final long TIMEOUT_MILLIS = 2_000;
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup/systemd");
    private static final Message WANT =
            Message.of("want", "group", "iptv-db", "mode", "acquire", "delayMillis", 0, "copies", "-");

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<Character> bytes = new LinkedBlockingQueue<>();

    @BeforeEach
    void needsRoot() {
        assumeTrue(Namespaces.available(), "needs root, ip and nft");
    }

    @Test
    void isArmedWhileALeaseIsHeldAndDisarmedAfterIt() throws Exception {
        try (RandomAccessFile fifo = fifo();
                KeeperCluster cluster = cluster()) {
            read(fifo);
            FakeAgent agent = cluster.agent(1, WANT);
            Message granted = agent.await(0, "granted").message();
            assertEquals('p', next(), "armed and fed");
            agent.want(Message.of("want", "group", "iptv-db", "mode", "none", "delayMillis", 0, "copies", "-"));
            agent.ask(Message.of("release", "group", "iptv-db", "epoch", granted.get("epoch")));
            assertEquals('V', lastAfterFeeding(), "disarmed");
            assertNull(bytes.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS), "nothing is written to a disarmed device");
            assertFalse(Files.exists(cluster.paths(1).watchdogArmed()), "the mark of an armed device is gone");
        }
    }

    @Test
    void aKeeperThatStandsStillFeedsNoMoreAndItsSuccessorTakesOver() throws Exception {
        try (RandomAccessFile fifo = fifo();
                KeeperCluster cluster = cluster()) {
            read(fifo);
            cluster.agent(1, WANT).await(0, "granted");
            assertEquals('p', next());
            cluster.signal(1, "STOP");
            bytes.clear();
            // One may have been on its way.
            bytes.poll(TIMEOUT_MILLIS / 4, TimeUnit.MILLISECONDS);
            assertNull(bytes.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS), "a watchdog would have reset the server");
            cluster.kill(1);
            cluster.start(1);
            // Whether it holds again or not: what its predecessor armed it feeds, and at the end disarms or keeps
            // feeding.
            assertNotNull(bytes.poll(20, TimeUnit.SECONDS), "the next keeper knows that the device is armed");
        }
    }

    @Test
    void aConfigurationThatNamesNoWatchdogDisarmsItAlthoughALeaseIsHeld() throws Exception {
        try (RandomAccessFile fifo = fifo();
                KeeperCluster cluster = cluster()) {
            read(fifo);
            FakeAgent agent = cluster.agent(1, WANT);
            agent.await(0, "granted");
            assertEquals('p', next());
            cluster.configure(1);
            agent.send(Message.of("reload"));
            assertEquals('V', lastAfterFeeding(), "a change of the manifest resets no server");
        }
    }

    /** A write to a file system that does not go on, as one to a hung NFS server or a dying disk: no signal ends it. */
    @Test
    void aProcessThatCannotBeKilledLeavesTheWatchdogToRunOut() throws Exception {
        Path slice = CGROUPS.resolve("metalha-test-" + UUID.randomUUID());
        assumeTrue(Files.isWritable(CGROUPS.resolve("cgroup.procs")), "needs cgroup v1's systemd hierarchy");
        Files.createDirectories(slice);
        try (RandomAccessFile fifo = fifo();
                Hung hung = new Hung(directory);
                KeeperCluster cluster = cluster()) {
            read(fifo);
            FakeAgent agent = cluster.agent(1, WANT);
            Message granted = agent.await(0, "granted").message();
            Process writer = hung.write(slice);
            agent.ask(Message.of(
                    "stoplist",
                    "group",
                    "iptv-db",
                    "epoch",
                    granted.get("epoch"),
                    "cgroups",
                    slice.getFileName(),
                    "addresses",
                    "-"));
            cluster.kill(2);
            cluster.kill(3);
            agent.await(0, "lost");
            Character fed = next();
            while (fed != null && fed == 'p') {
                fed = bytes.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            }
            assertNull(fed, "a watchdog would have reset the server");
            assertTrue(writer.isAlive(), "SIGKILL did not end it, so it proves something");
            String log = Files.readString(cluster.log(1));
            assertTrue(log.contains("have outlived its lease by more than 5000 ms"), log);
        } finally {
            Files.deleteIfExists(slice);
        }
    }

    private KeeperCluster cluster() throws Exception {
        KeeperCluster cluster = new KeeperCluster(directory, 800);
        cluster.configure(1, """
                watchdog.device=%s
                watchdog.timeoutMillis=%d
                watchdog.stopLimitMillis=5000
                """.formatted(directory.resolve("watchdog"), TIMEOUT_MILLIS));
        cluster.configure(2);
        cluster.configure(3);
        return cluster;
    }

    /** Open for both, so that the keeper finds a reader and we no end. */
    private RandomAccessFile fifo() throws Exception {
        Namespaces.run("mkfifo", directory.resolve("watchdog").toString());
        return new RandomAccessFile(directory.resolve("watchdog").toFile(), "rw");
    }

    private void read(RandomAccessFile fifo) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                for (int next = fifo.read(); next >= 0; next = fifo.read()) {
                    bytes.add((char) next);
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
    }

    private Character next() throws InterruptedException {
        return bytes.poll(20, TimeUnit.SECONDS);
    }

    private Character lastAfterFeeding() throws InterruptedException {
        Character found = next();
        while (found != null && found == 'p') {
            found = next();
        }
        return found;
    }
}
