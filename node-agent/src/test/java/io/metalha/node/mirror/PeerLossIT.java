// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the Primary does without its peer, its path, its lease or its record. Needs root. */
@Timeout(120)
class PeerLossIT {
    private static final long SIZE = 64 << 20;
    private static final int BLOCKS = 4000;

    @TempDir
    Path dir;

    /** The Secondary dies under load and returns: writes wait, go on alone, and only what changed is copied back. */
    @Test
    void goesOnAloneAfterTheRecordAndResyncsOnReturn() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded();
                var writer = new Writer(pair.a.device(), BLOCKS)) {
            progress(pair.a, writer);
            pair.register.reachable(false);
            pair.b.kill();
            // It asks again and again: the state says now that it asks, now that it was refused.
            pair.a.await(
                    "writes wait for the record",
                    () -> pair.a.state("reason").matches(".*(majority|record was not written).*"));
            long stuck = writer.acknowledged();
            assertEquals(stuck, writer.acknowledged());
            pair.register.reachable(true);
            progress(pair.a, writer);
            assertTrue(writer.acknowledged() > stuck);
            assertFalse(pair.register.allows(pair.a.state("peerCopy")));
            pair.b.start();
            pair.synced(pair.a, pair.b);
            progress(pair.a, writer);
            writer.end();
            assertNull(writer.failure());
            assertTrue(pair.a.demote(false).getBoolean("ok"), pair.a::log);
            pair.assertEqualCopies();
            writer.assertNothingLost(pair.b.backing);
        }
    }

    /** A dead path of two: the link moves to the other within a second, and the peer never becomes Outdated. */
    @Test
    void usesTheOtherPathWithoutOutdatingThePeer() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE);
                var first = new StallingProxy(pair.b.port());
                var second = new StallingProxy(pair.b.port())) {
            pair.configure(pair.a, first.address() + "," + second.address());
            // Only a dials: b's way to a leads nowhere.
            pair.configure(pair.b, "127.0.0.1:1");
            pair.a.awaitState("connection", "Connected");
            pair.b.awaitState("connection", "Connected");
            pair.promoted(pair.a);
            pair.synced(pair.a, pair.b);
            // The best one, unless this machine was too busy to answer on it in time.
            boolean best = pair.a.state("path").equals(first.address());
            StallingProxy used = best ? first : second;
            StallingProxy other = best ? second : first;
            try (var writer = new Writer(pair.a.device(), BLOCKS)) {
                progress(pair.a, writer);
                writer.forgetLongest();
                used.cut(true);
                pair.a.awaitState("path", other.address());
                progress(pair.a, writer);
                writer.end();
                System.out.println("path lost: the longest write took " + writer.longestMillis() + " ms");
                assertTrue(writer.longestMillis() < 1900, () -> "" + writer.longestMillis());
            }
            assertTrue(
                    pair.register.copies().values().stream().allMatch(good -> good), pair.register.copies()::toString);
            assertEquals("UpToDate", pair.a.state("peerDisk"));
            assertTrue(pair.a.demote(false).getBoolean("ok"), pair.a::log);
            pair.assertEqualCopies();
        }
    }

    /** The lease ends under load: nothing is acknowledged any more; a hard demotion fails what waits, at once. */
    @Test
    void acknowledgesNothingWithoutALeaseAndCanAlwaysBeStopped() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded();
                var writer = new Writer(pair.a.device(), BLOCKS)) {
            progress(pair.a, writer);
            pair.a.loseLease();
            long atEnd = writer.acknowledged() + 1; // one may have been on its way up
            pair.promoted(pair.b);
            long start = System.nanoTime();
            assertTrue(pair.a.demote(true).getBoolean("ok"));
            Await.until(Duration.ofSeconds(5), () -> "EIO\n" + pair.a.log(), () -> writer.failure() != null);
            System.out.println("hard demotion to EIO: " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertNotNull(writer.failure());
            assertTrue(writer.acknowledged() <= atEnd, () -> writer.acknowledged() + " > " + atEnd);
            try (var next = new Writer(pair.b.device(), 10)) {
                progress(pair.b, next);
            }
            pair.synced(pair.b, pair.a);
            assertTrue(pair.b.demote(false).getBoolean("ok"), pair.b::log);
            pair.assertEqualCopies();
        }
    }

    /** The Primary is killed under load, twice over, with changing sides: every acknowledged block is there. */
    @Test
    void losesNoBlockOverTakeovers() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded()) {
            MirrorNode primary = pair.a;
            MirrorNode secondary = pair.b;
            for (int round = 0; round < 3; round++) {
                try (var writer = new Writer(primary.device(), BLOCKS)) {
                    progress(primary, writer);
                    primary.kill();
                    secondary.peerAlive(false);
                    pair.promoted(secondary);
                    writer.end();
                    writer.assertNothingLost(secondary.device().toRealPath());
                }
                primary.start();
                secondary.peerAlive(true);
                // Nothing was written since: the wish to write is what makes the new Primary decide about the old one.
                try (var writer = new Writer(secondary.device(), 100)) {
                    progress(secondary, writer);
                }
                pair.synced(secondary, primary);
                MirrorNode swap = primary;
                primary = secondary;
                secondary = swap;
            }
            assertTrue(primary.demote(false).getBoolean("ok"), primary::log);
            pair.assertEqualCopies();
        }
    }

    private static void progress(MirrorNode node, Writer writer) {
        long before = writer.acknowledged();
        node.await("writes go on; failure " + writer.failure(), () -> writer.acknowledged() > before + 300);
    }
}
