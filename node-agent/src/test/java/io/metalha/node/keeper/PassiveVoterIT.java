// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.agent.witness.MemoryFile;
import io.metalha.node.agent.witness.MemoryObject;
import io.metalha.node.agent.witness.WitnessClient;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.lease.LeaseCodec;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.leasepage.LeasePage;
import io.metalha.node.linux.RawClock;
import io.metalha.node.local.Message;
import io.metalha.node.witness.WitnessState;
import io.metalha.node.witness.WitnessTiming;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real keepers, and an object in memory as the third vote; the clients are those that agents run. */
@Timeout(180)
class PassiveVoterIT {
    private static final String CLUSTER = "6a1c6f4e-0000-4000-8000-000000000001";
    private static final Message WANT =
            Message.of("want", "group", "iptv-db", "mode", "acquire", "delayMillis", 0, "copies", "-");
    private static final Message WANT_LATER =
            Message.of("want", "group", "iptv-db", "mode", "acquire", "delayMillis", 300, "copies", "-");
    private static final WitnessTiming TIMING = new WitnessTiming(Duration.ofSeconds(10), 10);

    @TempDir
    Path directory;

    private final RawClock clock = new RawClock();
    private final MemoryObject object = new MemoryObject(CLUSTER);
    private final List<Voice> voices = new ArrayList<>();

    /** What an agent does with the lines that are for the object. */
    private final class Voice implements WitnessClient.Keeper {
        private final FakeAgent agent;
        private final WitnessClient client;
        private volatile boolean votes;

        Voice(FakeAgent agent, String name) throws IOException {
            this.agent = agent;
            client = WitnessClient.start(
                    object, CLUSTER, TIMING, new MemoryFile(directory.resolve("memory-" + name)), clock, this);
            agent.handOn(this::heard);
            voices.add(this);
        }

        private void heard(Message line) {
            switch (line.verb()) {
                case "welcome" -> client.keeperIs(line.get("session"));
                case "ask" -> {
                    byte[] data = Base64.getUrlDecoder().decode(line.get("data"));
                    client.asked(line.get("session"), LeaseCodec.decode(data, 0, data.length));
                }
                default -> {}
            }
        }

        @Override
        public void answer(String session, LeaseMessage message) {
            byte[] bytes = new byte[LeaseCodec.MESSAGE_BYTES_MAX];
            int length = LeaseCodec.encode(message, bytes, 0);
            String data = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, length));
            agent.send(Message.of("answer", "voter", 3, "session", session, "data", data));
        }

        @Override
        public void forgetful(String session, boolean forgot) {
            agent.send(Message.of("forgetful", "voter", 3, "session", session, "forgot", forgot));
        }

        @Override
        public void told(WitnessState state) {
            votes = state instanceof WitnessState.Voting;
        }
    }

    @BeforeEach
    void needsRoot() {
        assumeTrue(Namespaces.available(), "needs root, ip and nft");
    }

    @AfterEach
    void end() {
        voices.forEach(voice -> voice.client.close());
    }

    /** The healthy pair writes nothing; of two servers the one that is left needs the object, and holds on with it. */
    @Test
    void decidesWhenOneOfTwoIsGoneAndIsWrittenOnlyThen() throws Exception {
        try (KeeperCluster cluster = new KeeperCluster(directory, 800).withThirdThatOnlyStores()) {
            FakeAgent[] agents = begin(cluster);
            long renewed = usableUntil(cluster, 1);
            long writes = object.writes();
            until("three seconds of renewals", () -> usableUntil(cluster, 1) - renewed > 3_000_000_000L);
            assertEquals(writes, object.writes(), "a healthy pair wrote the object");

            int mark = agents[2].mark();
            long begin = System.nanoTime();
            cluster.kill(1);
            FakeAgent.Heard granted = agents[2].await(mark, "granted");
            long millis = (granted.nanos() - begin) / 1_000_000;
            System.out.println("the holder of two killed: granted to the other by the object after " + millis + " ms");
            assertTrue(millis < 5_000, millis + " ms");
            assertTrue(object.writes() > writes);
            long alone = usableUntil(cluster, 2);
            until("longer than one grant of the object", () -> usableUntil(cluster, 2) - alone > 12_000_000_000L);
        }
    }

    @Test
    void nobodyTakesOverWhileItCannotBeReached() throws Exception {
        try (KeeperCluster cluster = new KeeperCluster(directory, 800).withThirdThatOnlyStores()) {
            FakeAgent[] agents = begin(cluster);
            object.reachable(false);
            int mark = agents[2].mark();
            cluster.kill(1);
            agents[2].await(
                    mark,
                    line -> line.verb().equals("refused") && line.get("reason").equals("NoMajority"),
                    "NoMajority");
            assertTrue(agents[2].since(mark).stream()
                    .noneMatch(line -> line.message().verb().equals("granted")));
            object.reachable(true);
            agents[2].await(mark, "granted");
        }
    }

    /** It abstains until the owner has written the group, and decides from then on. */
    @Test
    void oneThatWasMadeAgainIsFilledByTheOwner() throws Exception {
        try (KeeperCluster cluster = new KeeperCluster(directory, 800).withThirdThatOnlyStores()) {
            FakeAgent[] agents = begin(cluster);
            object.remade();
            until("the owner writes it", () -> object.writes() > 1);
            int mark = agents[2].mark();
            cluster.kill(1);
            agents[2].await(mark, "granted");
        }
    }

    private FakeAgent[] begin(KeeperCluster cluster) throws Exception {
        FakeAgent[] agents = {null, cluster.agent(1, WANT), cluster.agent(2)};
        for (int number = 1; number <= 2; number++) {
            var voice = new Voice(agents[number], "server" + number);
            agents[number].await(0, "welcome");
            cluster.configure(number);
            until("the object votes", () -> voice.votes);
        }
        agents[1].await(0, "granted");
        int mark = agents[2].mark();
        agents[2].want(WANT_LATER);
        agents[2].await(mark, "refused");
        return agents;
    }

    private static long usableUntil(KeeperCluster cluster, int number) {
        try (LeasePage page = LeasePage.reader(cluster.paths(number).leasePage())) {
            int slot = page.slotOf(new GroupId("iptv-db"));
            Epoch epoch = slot < 0 ? Epoch.NONE : page.epoch(slot);
            return epoch.equals(Epoch.NONE) ? 0 : page.usableUntilNanos(slot, epoch);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what + ": not within 40 s");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
