// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.local.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real keepers lose their witness from the voter set, one keeper after the other, while server1 runs a group. */
@Timeout(120)
class VoterSetIT {
    private static final Message WANT =
            Message.of("want", "group", "iptv-db", "mode", "acquire", "delayMillis", 0, "copies", "-");
    private static final String WITHOUT_WITNESS = "voters.sequence=2\nvoters=1,2\n";

    @TempDir
    Path directory;

    @BeforeEach
    void needsRoot() {
        assumeTrue(Namespaces.available(), "needs root, ip and nft");
    }

    @Test
    void aRunningGroupOutlivesAChangeAndAnOlderSetIsRefused() throws Exception {
        try (KeeperCluster cluster = new KeeperCluster(directory, 2_400)) {
            FakeAgent[] agents = {null, cluster.agent(1, WANT), cluster.agent(2), cluster.agent(3)};
            agents[1].await(0, "welcome");
            for (int number = 1; number <= 3; number++) {
                cluster.configure(number);
                agents[number].await(0, "welcome");
            }
            String epoch = agents[1].await(0, "granted").message().get("epoch");
            awaitSequence(agents[1], 0, "1");

            int mark = agents[1].mark();
            for (int number = 2; number >= 1; number--) {
                int before = agents[number].mark();
                cluster.configure(number, WITHOUT_WITNESS);
                agents[number].send(Message.of("reload"));
                if (number == 1) {
                    Message resumed = agents[1].await(before, "granted").message();
                    assertEquals(epoch, resumed.get("epoch"));
                }
            }
            awaitSequence(agents[1], mark, "2");
            awaitSequence(agents[2], 0, "2");
            assertTrue(agents[1].since(mark).stream()
                    .noneMatch(heard -> heard.message().verb().equals("lost")));

            cluster.configure(2);
            agents[2].send(Message.of("reload"));
            int later = agents[2].mark();
            awaitSequence(agents[2], later, "2");
            assertTrue(Files.readString(cluster.log(2)).contains("voter set 1 is older than 2"));
        }
    }

    private static void awaitSequence(FakeAgent agent, int mark, String sequence) throws Exception {
        agent.await(
                mark,
                message -> message.verb().equals("status")
                        && message.get("sequence").equals(sequence),
                "status with sequence " + sequence);
    }
}
