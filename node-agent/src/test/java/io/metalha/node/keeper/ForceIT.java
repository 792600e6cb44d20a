// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.local.Message;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real keepers: a person forces the copy that the record calls outdated, and the other may not come back by itself. */
@Timeout(120)
class ForceIT {
    private static final String GOOD = new UUID(0, 7) + ":" + new UUID(1, 1);
    private static final String STALE = new UUID(0, 7) + ":" + new UUID(1, 2);

    @TempDir
    Path directory;

    @BeforeEach
    void needsRoot() {
        assumeTrue(Namespaces.available(), "needs root, ip and nft");
    }

    private static Message want(String copies) {
        return Message.of("want", "group", "iptv-db", "mode", "acquire", "delayMillis", 0, "copies", copies);
    }

    @Test
    void aStaleCopyIsGrantedOnAPersonsWordAndTheOtherIsOutdatedForGood() throws Exception {
        try (KeeperCluster cluster = new KeeperCluster(directory, 3_000)) {
            for (int number = 1; number <= 3; number++) {
                cluster.configure(number);
            }
            FakeAgent one = cluster.agent(1, want(GOOD + ":uptodate:b"));
            Message first = one.await(0, "granted").message();
            Message recorded = one.ask(Message.of(
                    "record",
                    "group",
                    "iptv-db",
                    "epoch",
                    first.get("epoch"),
                    "copies",
                    GOOD + ":uptodate:b," + STALE + ":outdated:a"));
            assertEquals("true", recorded.get("ok"), recorded.toString());
            cluster.kill(1);
            FakeAgent two = cluster.agent(2, want("-"));
            Message refused = two.await(
                            0,
                            message -> message.verb().equals("refused")
                                    && message.get("reason").equals("StaleCopy"),
                            "refused reason=StaleCopy")
                    .message();
            assertTrue(refused.get("copies").contains(GOOD + ":uptodate:b"), refused.toString());
            int mark = two.mark();
            two.send(Message.of(
                    "force", "group", "iptv-db", "epoch", refused.get("epoch"), "copies", STALE + ":uptodate:a"));
            Message granted = two.await(mark, "granted").message();
            assertTrue(Epoch.parse(granted.get("epoch")).isAbove(Epoch.parse(first.get("epoch"))));
            assertEquals(GOOD + ":outdated:b," + STALE + ":uptodate:a", granted.get("copies"));
            int back = one.mark();
            cluster.start(1);
            one.await(back, "welcome");
            cluster.kill(2);
            one.await(
                    back,
                    message -> message.verb().equals("refused")
                            && message.get("reason").equals("StaleCopy"),
                    "refused reason=StaleCopy");
        }
    }
}
