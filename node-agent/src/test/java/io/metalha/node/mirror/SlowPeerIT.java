// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that says nothing: slow, or gone? Needs root. */
@Timeout(120)
class SlowPeerIT {
    private static final long SIZE = 64 << 20;

    @TempDir
    Path dir;

    /** Such a peer's link was given up after 400 ms, so it flapped under load. */
    @Test
    void keepsTheLinkOfAPeerThatStandsStillForASecond() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded();
                var writer = new Writer(pair.a.device(), 1000)) {
            progress(pair.a, writer);
            String before = pair.a.log();
            signal(pair.b, "STOP");
            long since = System.nanoTime();
            Await.until(Duration.ofSeconds(5), () -> "a second", () -> System.nanoTime() - since > 1_000_000_000L);
            signal(pair.b, "CONT");
            progress(pair.a, writer);
            assertEquals(ended(before), ended(pair.a.log()), pair.a::log);
            assertTrue(pair.register.copies().values().stream().allMatch(good -> good));
            writer.end();
        }
    }

    /** As fast as when the silence itself ended the link: the keeper's word and the silence are enough. */
    @Test
    void givesASilentPeerUpAtOnceWhenItsNodeIsDead() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded();
                var writer = new Writer(pair.a.device(), 1000)) {
            progress(pair.a, writer);
            writer.forgetLongest();
            signal(pair.b, "STOP");
            pair.a.peerAlive(false);
            progress(pair.a, writer);
            assertFalse(pair.register.allows(pair.a.state("peerCopy")));
            System.out.println("dead node: the longest write took " + writer.longestMillis() + " ms");
            assertTrue(writer.longestMillis() < 1500, () -> writer.longestMillis() + "\n" + pair.a.log());
            writer.end();
        }
    }

    /** Its node lives, no path leads to its mirror: writes wait for the silence and the grace, 2.3 s, and no longer. */
    @Test
    void givesASilentPeerUpWhenEveryPathWasTriedForTheGrace() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded();
                var writer = new Writer(pair.a.device(), 1000)) {
            progress(pair.a, writer);
            writer.forgetLongest();
            signal(pair.b, "STOP");
            progress(pair.a, writer);
            assertFalse(pair.register.allows(pair.a.state("peerCopy")));
            System.out.println("silent peer: the longest write took " + writer.longestMillis() + " ms");
            assertTrue(writer.longestMillis() >= 2200, () -> writer.longestMillis() + "\n" + pair.a.log());
            assertTrue(writer.longestMillis() < 4500, () -> writer.longestMillis() + "\n" + pair.a.log());
            signal(pair.b, "CONT");
            pair.synced(pair.a, pair.b);
            writer.end();
        }
    }

    private static long ended(String log) {
        return log.lines().filter(line -> line.contains(" ended: ")).count();
    }

    private static void signal(MirrorNode node, String name) {
        Shell.run("kill", "-" + name, Long.toString(node.process().pid()));
    }

    private static void progress(MirrorNode node, Writer writer) {
        long before = writer.acknowledged();
        node.await("writes go on; failure " + writer.failure(), () -> writer.acknowledged() > before + 100);
    }
}
