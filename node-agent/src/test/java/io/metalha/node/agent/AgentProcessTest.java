// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.node.core.NodeId;
import io.metalha.node.linux.RawClock;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent but for the host and the API server: real sockets, a keeper and drivers that the test plays. */
class AgentProcessTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final FakeDrivers drivers = new FakeDrivers();
    private final Map<String, Member> members = new ConcurrentHashMap<>();
    private final Inbox inbox = new Inbox();
    private AgentPaths paths;
    private FakeKeeper keeper;
    private LineClient keeperClient;
    private LineClient mirrorClient;
    private Thread agent;

    @BeforeEach
    void lay() throws IOException {
        paths = new AgentPaths(folder.resolve("state"), folder.resolve("keeper"), folder.resolve("run"));
        Files.createDirectories(paths.run());
    }

    @AfterEach
    void end() throws InterruptedException {
        if (agent != null) {
            agent.interrupt();
            agent.join(Duration.ofSeconds(5));
            keeperClient.close();
            mirrorClient.close();
        }
        if (keeper != null) {
            keeper.close();
        }
    }

    @Test
    void takesTheLeaseStartsInOrderAndStopsInOrderForAMove() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        assertEquals(List.of("start vip", "start app"), drivers.log);
        assertTrue(keeper.heard("stoplist", "addresses", "198.18.10.50@lo"));
        assertTrue(Files.exists(paths.held("db")));
        assertTrue(keeper.heard("want", "mode", "none"), "it wants nothing more while it holds");
    }

    @Test
    void endsEverythingWhenTheLeaseIsLost() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        keeper.say(Message.of("lost", "group", "db", "epoch", "1.1", "reason", "Expired"));
        until("all is ended", () -> drivers.running.isEmpty() && role() == MemberRole.STANDBY);
        assertFalse(Files.exists(paths.held("db")));
        assertFalse(keeper.heard("release", "group", "db"));
    }

    @Test
    void restartsInPlaceWhatDied() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        drivers.running.remove("app");
        until("it runs again", () -> drivers.running.contains("app") && role() == MemberRole.ACTIVE);
        assertEquals(List.of("start vip", "start app", "start app"), drivers.log);
    }

    @Test
    void disturbsNothingWhenItComesBack() throws IOException {
        configured();
        drivers.running.addAll(List.of("vip", "app"));
        begin(List.of(Message.of("lease", "group", "db", "epoch", "4.1", "copies", "-", "owner", 0)));
        until("it resumes", () -> role() == MemberRole.ACTIVE);
        assertEquals(List.of(), drivers.log);
        assertEquals("4.1", members.get("db").epoch());
    }

    @Test
    void stopsWhatRunsUnheldWhenItBegins() throws IOException {
        configured();
        drivers.running.add("app");
        begin(List.of());
        until("it is stopped", () -> role() == MemberRole.STANDBY);
        assertEquals(List.of("stop app"), drivers.log);
    }

    @Test
    void tellsWhenAndWhyItTookOver() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        keeper.say(Message.of("member", "node", "server2", "number", 2, "alive", true, "paths", "public:up:100"));
        keeper.say(Message.of("member", "node", "server2", "number", 2, "alive", false, "paths", "public:down:0"));
        granted("5.1", 2);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        until("it is reported", () -> !members.get("db").failovers().isEmpty());
        var report = members.get("db").failovers().getFirst();
        assertEquals("NodeLost", report.reason());
        assertEquals("server2", report.from());
        assertTrue(report.outageMillis() >= 500, report.toString());
        assertTrue(report.boundMillis() >= 1000, report.toString());
    }

    @Test
    void livesFromItsOwnDiskAndTakesNewerManifestsWithoutRestartingWhatTheyDoNotTouch() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        ClusterGroup next = Lab.group("db", 2);
        inbox.put(new Fact.GroupShown(next));
        until("it acts on generation 2", () -> members.get("db").observedGeneration() == 2);
        inbox.put(new Fact.GroupShown(Lab.group("db", 1)));
        inbox.put(new Fact.GroupGone("db"));
        keeper.say(Message.of("refused", "group", "db", "reason", "NoMajority"));
        until("still active", () -> role() == MemberRole.ACTIVE);
        assertEquals(List.of("start vip", "start app"), drivers.log);
        assertEquals(2, members.get("db").observedGeneration());
    }

    private void configured() {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1)));
    }

    private void begin(List<Message> leases) throws IOException {
        keeper = new FakeKeeper(paths.keeperSocket(), leases);
        keeperClient = LineClient.open(paths.keeperSocket(), new LineHandler() {
            @Override
            public void connected(LineConnection connection) {
                inbox.put(new Fact.KeeperUp());
            }

            @Override
            public void received(LineConnection connection, Message message) {
                inbox.put(new Fact.KeeperSaid(message));
            }

            @Override
            public void disconnected(LineConnection connection, String why) {
                inbox.put(new Fact.KeeperDown(why));
            }
        });
        mirrorClient = LineClient.open(paths.mirrorSocket(), (_, _) -> {});
        NodeConf conf = new NodeConf(new NodeId("server1"), false, "iptv", "metalha", Path.of("/nowhere"));
        AgentLoop loop =
                new AgentLoop(conf, paths, new RawClock(), inbox, drivers, keeperClient, mirrorClient, new Publisher() {
                    @Override
                    public void member(String group, Member member) {
                        members.put(group, member);
                    }

                    @Override
                    public void node(MetalNodeStatus status) {}
                });
        agent = Thread.ofVirtual().start(() -> {
            try {
                loop.run();
            } catch (InterruptedException _) {
                // The test ends.
            }
        });
    }

    private void granted(String epoch, int owner) {
        keeper.say(Message.of(
                "granted", "group", "db", "epoch", epoch, "copies", "-", "owner", owner, "waitedMillis", 12));
    }

    private MemberRole role() {
        Member member = members.get("db");
        return member == null ? MemberRole.UNKNOWN : member.role();
    }

    private void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + BOUND + ": " + what + "; drivers " + drivers.log + "; member "
                        + members.get("db") + "; keeper heard " + keeper.heard);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
