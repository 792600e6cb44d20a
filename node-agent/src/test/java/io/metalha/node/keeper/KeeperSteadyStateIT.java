// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.local.Message;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An hour's 36,000 heartbeats of a holder, sent at 2 ms instead of 100 ms, with groups and addresses held, an agent that
 * checks in and a blob: no collection, and next to nothing allocated.
 */
@Timeout(400)
class KeeperSteadyStateIT {
    private static final int GROUPS = 8;
    private static final long BEATS = Long.getLong("metalha.beats", 36_000);
    /** What may be left: the status line each 10 s, which an hour at 100 ms has 360 of. */
    private static final double BYTES_A_TURN_MAX = 64;

    @TempDir
    Path directory;

    @Test
    void anHourWithoutACollection() throws Exception {
        assumeTrue(Namespaces.available(), "needs root, ip and nft");
        try (KeeperCluster cluster = new KeeperCluster(directory, 800, 2)) {
            for (int number = 1; number <= 3; number++) {
                cluster.configure(number);
            }
            FakeAgent agent = cluster.agent(1);
            agent.await(0, message -> message.verb().equals("member") && message.getBoolean("alive"), "a peer");
            agent.send(Message.of("blob", "data", "A".repeat(780)));
            for (int i = 0; i < GROUPS; i++) {
                String group = "group" + i;
                agent.send(Message.of("want", "group", group, "mode", "acquire", "delayMillis", 0, "copies", "-"));
                Message granted = agent.await(
                                0,
                                message -> message.verb().equals("granted")
                                        && message.get("group").equals(group),
                                "granted " + group)
                        .message();
                Message on = agent.ask(Message.of(
                        "address",
                        "group",
                        group,
                        "epoch",
                        granted.get("epoch"),
                        "address",
                        "198.18.91." + i,
                        "state",
                        "on"));
                assertEquals("true", on.get("ok"), on.toString());
            }
            // What is compiled late allocates early: two status lines' time to settle.
            Message first = status(agent, status(agent, null));
            Message last = first;
            while (last.getLong("turns") - first.getLong("turns") < BEATS) {
                last = status(agent, last);
            }
            long turns = last.getLong("turns") - first.getLong("turns");
            long bytes = last.getLong("allocatedBytes") - first.getLong("allocatedBytes");
            System.out.printf(
                    "keeper, %d groups with an address each, 2 peers, 2 paths: %d turns, %d bytes allocated, %.1f a"
                            + " turn, %d collections%n",
                    GROUPS,
                    turns,
                    bytes,
                    (double) bytes / turns,
                    last.getLong("collections") - first.getLong("collections"));
            assertEquals(first.get("collections"), last.get("collections"));
            assertTrue((double) bytes / turns < BYTES_A_TURN_MAX);
            // Not what this test is about, and a matter of the machine's load: fifty times as many beats as in service.
            System.out.println("leases lost meanwhile: "
                    + agent.since(0).stream()
                            .filter(line -> line.message().verb().equals("lost"))
                            .count());
        }
    }

    /** The next status line after this one. */
    private static Message status(FakeAgent agent, Message after) throws InterruptedException {
        long turns = after == null ? -1 : after.getLong("turns");
        return agent.await(0, message -> message.verb().equals("status") && message.getLong("turns") > turns, "status")
                .message();
    }
}
