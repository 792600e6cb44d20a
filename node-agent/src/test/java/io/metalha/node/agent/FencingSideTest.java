// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.FencingReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.node.agent.config.AgentPaths;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.agent.config.HistoryStore;
import io.metalha.node.agent.config.NodeConf;
import io.metalha.node.agent.config.StateWriter;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.peer.Blob;
import io.metalha.node.agent.peer.ClusterView;
import io.metalha.node.agent.witness.MemoryObject;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.fencing.device.Answer;
import io.metalha.node.linux.RawClock;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** server1's agent with a keeper and fence devices that the test plays; server2 vanishes. */
class FencingSideTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final FakeDrivers drivers = new FakeDrivers();
    private final AtomicReference<MetalNodeStatus> node = new AtomicReference<>();
    private final Inbox inbox = new Inbox();
    private final MemoryObject lease =
            new MemoryObject(Lab.cluster().getMetadata().getUid());
    private FakeKeeper keeper;
    private LineClient keeperClient;
    private LineClient mirrorClient;
    private Thread agent;

    @BeforeEach
    void begin() throws IOException {
        AgentPaths paths = new AgentPaths(folder.resolve("state"), folder.resolve("keeper"), folder.resolve("run"));
        Files.createDirectories(paths.run());
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.fencedCluster()).with(Lab.group("db", 1)));
        keeper = new FakeKeeper(paths.keeperSocket(), List.of());
        keeperClient = LineClient.open(paths.keeperSocket(), new LineHandler() {
            @Override
            public void connected(LineConnection connection) {
                inbox.put(new Fact.KeeperUp());
            }

            @Override
            public void received(LineConnection connection, Message message) {
                inbox.put(new Fact.KeeperSaid(message));
            }
        });
        mirrorClient = LineClient.open(paths.mirrorSocket(), (_, _) -> {});
        StateWriter writer = new StateWriter();
        AgentLoop loop = new AgentLoop(
                new AgentContext(
                        new NodeConf(new NodeId("server1"), false, "iptv", "metalha", Path.of("/nowhere")),
                        paths,
                        new RawClock(),
                        InstantSource.system(),
                        inbox,
                        drivers,
                        keeperClient,
                        mirrorClient,
                        new ClusterView(new NodeId("server1")),
                        writer,
                        new HistoryStore(paths.history(), writer)),
                new Publisher() {
                    @Override
                    public void member(String group, Member member) {}

                    @Override
                    public void node(MetalNodeStatus status) {
                        node.set(status);
                    }

                    @Override
                    public void answer(ClusterOperation question, OperationAnswer answer) {}
                },
                (_, _) -> lease);
        agent = Thread.ofVirtual().start(() -> {
            try {
                loop.run();
            } catch (InterruptedException _) {
                // The test ends.
            }
        });
        until("it asks the other's device", () -> drivers.log.contains("ask server2-ipmi"));
    }

    @AfterEach
    void end() throws InterruptedException {
        agent.interrupt();
        agent.join(Duration.ofSeconds(5));
        keeperClient.close();
        mirrorClient.close();
        keeper.close();
    }

    @Test
    void aConfirmedPowerOffOfAVanishedOwnerEndsItsEpoch() {
        drivers.fenceAnswers.put("off server2-ipmi", new Answer.Off());
        server2Runs(GroupNews.Is.RUNNING);
        member("server2", 2, false);
        until("the keeper is told", () -> keeper.heard("dead", "epoch", "3.2"));
        assertTrue(keeper.heard("dead", "group", "db"));
    }

    @Test
    void anUnconfirmedPowerOffEndsNothing() {
        drivers.fenceAnswers.put("off server2-ipmi", new Answer.Failed("no answer"));
        server2Runs(GroupNews.Is.RUNNING);
        member("server2", 2, false);
        until("it was tried", () -> drivers.log.contains("power off by server2-ipmi"));
        settle();
        assertFalse(keeper.heard("dead", "group", "db"));
    }

    @Test
    void aServerThatStoppedItsGroupsIsLeftAlone() {
        server2Runs(GroupNews.Is.STANDBY);
        member("server2", 2, false);
        settle();
        assertFalse(drivers.log.contains("power off by server2-ipmi"), drivers.log::toString);
    }

    @Test
    void aServerThatIsShutDownIsLeftAlone() {
        server2Runs(GroupNews.Is.RUNNING);
        keeper.say(Message.of(
                "blob", "node", "server2", "data", new Blob(Blob.GOING_DOWN, List.of(), List.of()).encode()));
        member("server2", 2, false);
        settle();
        assertFalse(drivers.log.contains("power off by server2-ipmi"), drivers.log::toString);
    }

    @Test
    void saysGoodbyeWhenItsServerIsShutDownAndNothingMore() {
        inbox.put(new Fact.GoingDown());
        String goodbye = new Blob(Blob.GOING_DOWN, List.of(), List.of()).encode();
        until("it says goodbye", () -> goodbye.equals(keeper.lastBlob.get()));
        settle();
        assertEquals(goodbye, keeper.lastBlob.get());
    }

    @Test
    void whoHearsNobodyPowersNobodyOff() {
        server2Runs(GroupNews.Is.RUNNING);
        member("witness", 3, false);
        member("server2", 2, false);
        settle();
        assertFalse(drivers.log.contains("power off by server2-ipmi"), drivers.log::toString);
    }

    @Test
    void aLeaseCountsAmongThoseThatAreHeardOnlyWhileItVotes() {
        drivers.fenceAnswers.put("off server2-ipmi", new Answer.Off());
        lease.reachable(false);
        inbox.put(new Fact.ClusterShown(Lab.withLease(Lab.fencedCluster(), 2)));
        server2Runs(GroupNews.Is.RUNNING);
        member("witness", 3, false);
        member("server2", 2, false);
        settle();
        assertFalse(drivers.log.contains("power off by server2-ipmi"), drivers.log::toString);
        lease.reachable(true);
        until("the keeper is told", () -> keeper.heard("dead", "epoch", "3.2"));
    }

    @Test
    void aServerWhoseGroupRunsElsewhereByNowIsLeftAlone() {
        server2Runs(GroupNews.Is.RUNNING);
        keeper.say(Message.of("holder", "group", "db", "epoch", "4.1", "owner", 1, "remainingMillis", 800));
        member("server2", 2, false);
        settle();
        assertFalse(drivers.log.contains("power off by server2-ipmi"), drivers.log::toString);
    }

    @Test
    void reportsWhetherDevicesAreReachable() {
        FencingReport.DeviceCheck check = reported().devices().getFirst();
        assertEquals("server2-ipmi", check.name());
        assertTrue(check.reachable());
        assertEquals("On", check.power());
        drivers.fenceAnswers.put("status server2-ipmi", new Answer.Failed("no route"));
        operation("t1", false);
        until("the check is reported", () -> "no route"
                .equals(reported().devices().getFirst().message()));
        until("the operation has failed", () -> operationState() == OperationState.FAILED);
    }

    @Test
    void testFencingOnlyAsksUnlessToldToPowerOff() {
        operation("t1", false);
        until("it is done", () -> operationState() == OperationState.SUCCEEDED);
        assertFalse(drivers.log.contains("power off by server2-ipmi"), drivers.log::toString);
        assertEquals("server2-ipmi: the server has power", lastReport().message());
    }

    @Test
    void testFencingPowersOffWhenToldToAndOnce() {
        drivers.fenceAnswers.put("off server2-ipmi", new Answer.Off());
        operation("t1", true);
        until("it is done", () -> operationState() == OperationState.SUCCEEDED);
        operation("t1", true);
        settle();
        assertEquals(
                1,
                drivers.log.stream().filter("power off by server2-ipmi"::equals).count());
    }

    private void server2Runs(GroupNews.Is is) {
        member("witness", 3, true);
        member("server2", 2, true);
        keeper.say(Message.of("holder", "group", "db", "epoch", "3.2", "owner", 2, "remainingMillis", 800));
        GroupNews news = new GroupNews(
                GroupNews.keyOf(new GroupId("db").key()), is, true, false, 0, 0, GroupNews.MoveKind.NONE, 0, 0);
        keeper.say(Message.of("blob", "node", "server2", "data", new Blob(1, List.of(), List.of(news)).encode()));
        settle();
    }

    private void member(String name, int number, boolean alive) {
        keeper.say(Message.of(
                "member",
                "node",
                name,
                "number",
                number,
                "alive",
                alive,
                "paths",
                alive ? "public:up:1" : "public:down:0"));
    }

    /** Two turns of the agent, seen by what it tells its keeper. */
    private void settle() {
        for (int i = 0; i < 2; i++) {
            long checkins = keeper.checkins.get();
            until("the agent turns", () -> keeper.checkins.get() > checkins);
        }
    }

    private void operation(String uid, boolean powerOff) {
        inbox.put(new Fact.OperationShown(Lab.read(ClusterOperation.class, """
                {"apiVersion":"metalha.io/v1alpha1","kind":"ClusterOperation",
                 "metadata":{"name":"%s","namespace":"metalha","uid":"%s"},
                 "spec":{"type":"TestFencing","cluster":"iptv","node":"server2","powerOff":%b},
                 "status":{"state":"Accepted","target":"server1"}}
                """.formatted(uid, uid, powerOff))));
    }

    private FencingReport reported() {
        until(
                "a report",
                () -> node.get() != null
                        && node.get().fencing() != null
                        && !node.get().fencing().devices().isEmpty());
        return node.get().fencing();
    }

    private OperationReport lastReport() {
        return reported().operations().getLast();
    }

    private OperationState operationState() {
        List<OperationReport> all = reported().operations();
        return all.isEmpty() ? OperationState.PENDING : all.getLast().state();
    }

    private void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "not within " + BOUND + ": " + what + "; drivers " + drivers.log + "; keeper " + keeper.heard);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
