// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.local.Message;
import io.metalha.node.mirror.disk.SavedBlocks;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A person forces the older copy, the newer one returns, and a person lets it give way. Needs root. */
@Timeout(120)
class SplitBrainIT {
    private static final long SIZE = 64 << 20;

    @TempDir
    Path dir;

    /** Nothing is overwritten before the word; what is overwritten after it is in a file from which the lost side is made again. */
    @Test
    void theFormerGoodCopyStaysAsItIsUntilItGivesWayAndCanBeHadAgain() throws Exception {
        try (var pair = new MirrorPair(dir, SIZE).founded()) {
            pair.b.kill();
            writes(pair.a, 400);
            pair.a.kill();
            pair.b.start();
            pair.b.awaitState("role", "Secondary");
            assertTrue(!pair.register.allows(pair.b.state("copy")), "b is outdated by the record");
            Message forced = pair.b.forcePromote();
            assertTrue(forced.getBoolean("ok"), forced::line);
            assertTrue(pair.register.allows(pair.b.state("copy")));
            writes(pair.b, 300);
            Path lost = Files.copy(pair.a.backing, dir.resolve("lost.img"));
            pair.a.start();
            pair.a.awaitState("connection", "SplitBrain");
            pair.b.awaitState("connection", "SplitBrain");
            // After a crash whole extents count.
            assertTrue(Long.parseLong(pair.a.state("outOfSyncBytes")) >= 400 * 4096, pair.a::log);
            assertTrue(!pair.register.allows(pair.a.state("copy")), "the record has a outdated");
            same(pair, pair.a.backing, lost);
            Message gaveWay = pair.a.request(Message.of("yield", "mirror", MirrorNode.MIRROR));
            assertTrue(gaveWay.getBoolean("ok"), gaveWay::line);
            pair.synced(pair.b, pair.a);
            assertTrue(pair.b.demote(false).getBoolean("ok"), pair.b::log);
            pair.assertEqualCopies();
            Path again = Files.copy(pair.a.backing, dir.resolve("again.img"));
            assertTrue(SavedBlocks.writeBack(pair.a.savedBlocks(), again) >= 400);
            same(pair, again, lost);
        }
    }

    private static void same(MirrorPair pair, Path one, Path other) {
        Shell.run("cmp", "-n", pair.b.state("totalBytes"), one.toString(), other.toString());
    }

    /** Each of so many blocks at least once. */
    private static void writes(MirrorNode node, int blocks) throws Exception {
        try (var writer = new Writer(node.device(), blocks)) {
            node.await("writes go on; failure " + writer.failure(), () -> writer.acknowledged() > blocks);
            writer.end();
            assertNull(writer.failure());
        }
    }
}
