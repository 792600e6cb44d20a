// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.ClusterOperationSpec;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.api.v1alpha1.OperationState;
import io.metalha.api.v1alpha1.OperationType;
import io.metalha.api.v1alpha1.ResourceState;
import io.metalha.node.agent.config.AgentPaths;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.agent.config.History;
import io.metalha.node.agent.config.HistoryStore;
import io.metalha.node.agent.config.NodeConf;
import io.metalha.node.agent.config.StateWriter;
import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.agent.peer.Blob;
import io.metalha.node.agent.peer.ClusterView;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import io.metalha.node.linux.RawClock;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.LineServer;
import io.metalha.node.local.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
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
    private final AtomicReference<MetalNodeStatus> node = new AtomicReference<>();
    private final Map<String, Member> members = new ConcurrentHashMap<>();
    private final Map<String, OperationAnswer> answers = new ConcurrentHashMap<>();
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

    /** A drop-in that forbids a unit's start unheld must not come to a server on which the group never runs. */
    @Test
    void leavesUnitsAloneOnAServerThatThePlacementDoesNotName() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2")));
        begin(List.of());
        until(
                "what a former placement took over is given back",
                () -> drivers.forgotten.containsAll(Set.of("vip", "app")));
        assertEquals(Set.of(), drivers.warmed);
    }

    /** A unit of that name may be a person's own there. */
    @Test
    void stopsNothingOnAServerThatThePlacementDoesNotNameUntilItDoes() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2")));
        drivers.running.add("app");
        begin(List.of());
        until("it stands by", () -> role() == MemberRole.STANDBY);
        assertEquals(List.of(), drivers.log);
        inbox.put(new Fact.GroupShown(Lab.group("db", 2, "server2", "server1")));
        until("it is stopped once it belongs here", () -> drivers.log.equals(List.of("stop app")));
    }

    /** The placement was changed while the agent was away. */
    @Test
    void endsWhatItStartedOnAServerThatThePlacementNamesNoMore() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2")));
        drivers.running.add("app");
        Files.createDirectories(paths.held("db").getParent());
        Files.createFile(paths.held("db"));
        begin(List.of());
        until("it is ended", () -> drivers.log.equals(List.of("kill app")));
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
        member("server2", 2, true);
        member("server2", 2, false);
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
    void claimsNoOutageForAnOwnerThatItNeverHeard() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("5.1", 2);
        until("it is reported", () -> !failovers().isEmpty());
        var report = failovers().getFirst();
        assertEquals("NodeLost", report.reason());
        assertTrue(report.message().contains("has not been heard since this server began"), report.toString());
        // The clock began with the machine: counted from it, the outage would be as long as this machine is up.
        assertTrue(report.outageMillis() < BOUND.toMillis(), report.toString());
        assertEquals("detect", report.phases().getFirst().name());
        assertEquals(0, report.phases().getFirst().millis());
    }

    @Test
    void countsAFirstStartNotAsFailoverAndForgetsItsLengthAtTheFirstTakeover() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        until("its start is kept", () -> history().startMillis().size() == 1);
        assertEquals(List.of(), history().failovers());
        assertEquals(List.of(), failovers());
        takeAgain("3.1", 1);
        until("its second start is kept", () -> history().startMillis().size() == 2);
        assertEquals(List.of(), history().failovers());
        takeAgain("5.1", 2);
        until("the takeover is kept", () -> history().failovers().size() == 1);
        assertEquals(1, history().startMillis().size(), "only the takeover's own start is a measure");
        takeAgain("7.1", 2);
        until("the next takeover is kept", () -> history().failovers().size() == 2);
        assertEquals(2, history().startMillis().size());
    }

    @Test
    void takesOverWithoutTheColdStartsWaitWhenItCameBackAmongARunningGroup() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1, "server2", "server1")));
        begin(List.of());
        until("the agent wants what it may", () -> keeper.heard("want", "group", "db"));
        member("server2", 2, true);
        var running = new GroupNews(
                GroupNews.keyOf(new GroupId("db").key()),
                GroupNews.Is.RUNNING,
                true,
                false,
                0,
                0,
                GroupNews.MoveKind.NONE,
                0,
                0);
        keeper.say(Message.of("blob", "node", "server2", "data", new Blob(1, List.of(), List.of(running)).encode()));
        until("it is ready to take over", () -> explained().startsWith("Try"));
        member("server2", 2, false);
        until("it knows that server2 is gone", () -> explained().contains("server2 is not heard on any path"));
        assertTrue(explained().startsWith("Try"), explained());
    }

    @Test
    void givesBackWhatItTookOverOfAResourceThatIsRemovedAndOfAGroupThatIsDeleted() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        inbox.put(new Fact.GroupShown(Lab.addressOnly("db", 2)));
        until("the resource is forgotten", () -> drivers.forgotten.equals(Set.of("app")));
        assertEquals("stop app", drivers.log.getLast());
        until("the rest runs", () -> role() == MemberRole.ACTIVE);
        ClusterGroup deleted = Lab.addressOnly("db", 2);
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        inbox.put(new Fact.GroupShown(deleted));
        until("it is stopped", () -> role() == MemberRole.STOPPED);
        assertEquals(Set.of("app"), drivers.forgotten, "not before the object is gone");
        inbox.put(new Fact.GroupGone("db"));
        until("the group is forgotten", () -> drivers.forgotten.equals(Set.of("app", "vip")));
        until("it is not begun with again", () -> ConfigStore.read(
                        paths.config(), Configuration.class, Configuration.EMPTY)
                .groups()
                .isEmpty());
    }

    /** Seen: it was begun with as held under the epoch of its former life, could not start, and the server was distrusted for that. */
    @Test
    void aGroupThatIsMadeAgainIsNotTakenForHeldAsItWasBefore() throws IOException {
        configured();
        drivers.running.addAll(List.of("vip", "app"));
        begin(List.of(Message.of("lease", "group", "db", "epoch", "4.1", "copies", "-", "owner", 0)));
        until("it resumes", () -> role() == MemberRole.ACTIVE);
        ClusterGroup deleted = Lab.addressOnly("db", 2);
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        inbox.put(new Fact.GroupShown(Lab.addressOnly("db", 2)));
        inbox.put(new Fact.GroupShown(deleted));
        until("it is stopped", () -> role() == MemberRole.STOPPED);
        inbox.put(new Fact.GroupGone("db"));
        until("its configuration is gone", () -> ConfigStore.read(
                        paths.config(), Configuration.class, Configuration.EMPTY)
                .groups()
                .isEmpty());
        inbox.put(new Fact.GroupShown(Lab.group("db", 1)));
        until("it asks for a lease", () -> keeper.heard("want", "mode", "acquire"));
    }

    @Test
    void showsWhatAPersonShouldKnowOfAResourceThatRuns() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        granted("1.1", 0);
        until("all runs", () -> role() == MemberRole.ACTIVE);
        drivers.warnings.put("vip", "it is not registered yet");
        until("it is shown", () -> "it is not registered yet".equals(vip().lastError()));
        assertEquals(ResourceState.RUNNING, vip().state());
        drivers.warnings.clear();
        until("it is over", () -> vip().lastError() == null);
    }

    @Test
    void reportsWhichVoterSetTheKeeperUses() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        keeper.say(Message.of("status", "realtime", "yes", "sequence", 7));
        until(
                "it is reported",
                () -> node.get().keeper() != null
                        && Long.valueOf(7).equals(node.get().keeper().votersSequence()));
    }

    private Member.Part vip() {
        return members.get("db").resources().getFirst();
    }

    @Test
    void explainsItsDecisionsWithWhatTheySaw() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        List<Message> decided = asked(Message.of("explain", "group", "db")).stream()
                .filter(line -> line.verb().equals("decided"))
                .toList();
        assertTrue(decided.getFirst().get("rule").startsWith("Wait: "), decided.toString());
        assertTrue(decided.getLast().get("rule").startsWith("Try: "), decided.toString());
        assertTrue(decided.getLast().get("seen").contains("server2 was never heard"), decided.toString());
        assertEquals("server2 is not heard on any path", decided.getLast().get("rejected"));
    }

    /** Nobody accepted the question: it must be answered without an operator, and beside whatever else goes on. */
    @Test
    void answersAQuestionOfItsOwnClusterOnceWithItsDecisions() throws IOException {
        configured();
        begin(List.of());
        until("the agent wants the group", () -> keeper.heard("want", "mode", "acquire"));
        inbox.put(new Fact.OperationShown(question("others", "another-cluster", "db")));
        inbox.put(new Fact.OperationShown(question("unknown", null, "no-such-group")));
        inbox.put(new Fact.OperationShown(question("ask", null, "db")));
        until("it answers", () -> answers.containsKey("ask"));
        OperationAnswer answer = answers.remove("ask");
        assertEquals("server1", answer.node());
        assertTrue(answer.decisions().getLast().rule().startsWith("Try: "), answer.toString());
        assertTrue(
                answer.decisions().getLast().seen().stream().anyMatch(seen -> seen.contains("server2 was never heard")),
                answer.toString());
        assertEquals("keeper: no refusal", answer.because().getLast());
        assertEquals(
                "the agent of server1 knows no group no-such-group",
                answers.get("unknown").error());
        inbox.put(new Fact.OperationShown(question("ask", null, "db")));
        inbox.put(new Fact.OperationShown(question("ask-again", null, "db")));
        until("it answers the next", () -> answers.containsKey("ask-again"));
        assertFalse(answers.containsKey("ask"), "the same question twice");
        assertFalse(answers.containsKey("others"), "a question to another cluster");
    }

    private static ClusterOperation question(String name, String cluster, String group) {
        var operation = new ClusterOperation();
        operation.getMetadata().setName(name);
        operation.getMetadata().setUid("uid-of-" + name);
        operation.setSpec(new ClusterOperationSpec(OperationType.EXPLAIN, group, cluster, null, null, null, null));
        return operation;
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

    @Test
    void startsFromAStaleCopyOnlyOnAPersonsWordAgainstTheRecord() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.mirrored("db", 1)));
        List<Message> mirror = new CopyOnWriteArrayList<>();
        try (LineServer server = LineServer.listen(paths.mirrorSocket(), (_, line) -> mirror.add(line))) {
            begin(List.of());
            until("the mirror is configured", () -> !mirror.isEmpty());
            inbox.put(new Fact.MirrorSaid(mirrorState("Connecting", "Outdated")));
            until("it stands by", () -> role() == MemberRole.STANDBY);
            assertEquals("error", force("iptv").verb());
            assertFalse(keeper.heard("want", "mode", "acquire"));
            assertEquals("told", force("db").verb());
            until("it asks the keeper", () -> keeper.heard("want", "mode", "acquire"));
            assertFalse(keeper.heard("force", "group", "db"), "nobody has told what is in the record yet");
            String good = new UUID(0, 7) + ":" + new UUID(1, 2) + ":uptodate:d2";
            keeper.say(Message.of(
                    "refused", "group", "db", "reason", "StaleCopy", "holder", 0, "epoch", "5.2", "copies", good));
            String accepted = new UUID(0, 7) + ":" + new UUID(1, 1) + ":uptodate:d1";
            until("it is forced", () -> keeper.heard("force", "copies", accepted));
            assertTrue(keeper.heard("force", "epoch", "5.2"));
            granted("6.1", 2);
            until("all runs", () -> role() == MemberRole.ACTIVE);
            until("the mirror knows", () -> mirror.stream()
                    .anyMatch(line -> line.line().equals("force epoch=6.1 mirror=db.data")));
            until(
                    "it is told",
                    () -> !members.get("db").operations().isEmpty()
                            && members.get("db").operations().getFirst().state() == OperationState.SUCCEEDED);
            String told = members.get("db").operations().getFirst().message();
            assertTrue(told.startsWith("force-takeover on this server, asked for by root; "), told);
            assertTrue(
                    failovers().getFirst().message().contains("a person forced the stale copy"), failovers()::toString);
            assertTrue(
                    told.contains("up to date is " + new UUID(1, 2) + " at generation d2 (server2's, not heard"), told);
        }
    }

    @Test
    void asksTheKeeperBeforeAnOperationForcesAndRefusesOnALaterRecord() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.mirrored("db", 1)));
        begin(List.of());
        inbox.put(new Fact.MirrorSaid(mirrorState("Connecting", "Outdated")));
        inbox.put(new Fact.OperationShown(Lab.operation("ForceTakeover", "db", "server2")));
        inbox.put(new Fact.OperationShown(Lab.operation("ForceTakeover", "db", "server1")));
        until("it asks the keeper", () -> keeper.heard("want", "mode", "acquire"));
        String good = new UUID(0, 7) + ":" + new UUID(1, 2) + ":uptodate:d2";
        keeper.say(Message.of(
                "refused", "group", "db", "reason", "StaleCopy", "holder", 0, "epoch", "7.2", "copies", good));
        until("it is refused", () -> operation().state() == OperationState.REFUSED);
        assertTrue(operation().message().contains("(created 2026-11-25T20:00:00Z with kubectl-create): ticket 4711"));
        assertTrue(operation().message().contains("decided on epoch 5.2, the record is of 7.2"), operation()::message);
        assertFalse(keeper.heard("force", "group", "db"));
    }

    @Test
    void hasItsCopiesGiveWayAndTellsWhereTheirBlocksAre() throws IOException {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.mirrored("db", 1)));
        try (LineServer server = LineServer.listen(paths.mirrorSocket(), (to, line) -> {
            if (line.line().contains("yield mirror=db.data")) {
                to.send(Message.of(
                        "yielded", "request", line.get("request"), "ok", true, "reason", "4096 bytes are saved in /x"));
            }
        })) {
            begin(List.of());
            inbox.put(new Fact.MirrorSaid(mirrorState("SplitBrain", "UpToDate")));
            until("it stands by", () -> role() == MemberRole.STANDBY);
            inbox.put(new Fact.OperationShown(Lab.operation("ResolveSplitBrain", "db", "server2")));
            until("it is done", () -> operation().state() == OperationState.SUCCEEDED);
            assertTrue(operation().message().contains("4096 bytes are saved in /x"), operation()::message);
        }
    }

    private Member.OperationReport operation() {
        Member member = members.get("db");
        return member == null || member.operations().isEmpty()
                ? new Member.OperationReport("", OperationState.PENDING, "", null, null)
                : member.operations().getFirst();
    }

    private static Message mirrorState(String connection, String disk) {
        return Message.parse("state mirror=db.data role=Secondary connection=" + connection + " disk=" + disk
                + " peerDisk=Unknown promotable=false generation=d1 data=" + new UUID(0, 7) + " copy=" + new UUID(1, 1)
                + " peerCopy=" + new UUID(1, 2));
    }

    private Message force(String confirm) {
        return asked(Message.of("force-takeover", "group", "db", "confirm", confirm, "user", "root"))
                .getFirst();
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
        StateWriter writer = new StateWriter();
        AgentContext context = new AgentContext(
                conf,
                paths,
                new RawClock(),
                InstantSource.system(),
                inbox,
                drivers,
                keeperClient,
                mirrorClient,
                new ClusterView(conf.node()),
                writer,
                new HistoryStore(paths.history(), writer));
        AgentLoop loop = new AgentLoop(context, new Publisher() {
            @Override
            public void member(String group, Member member) {
                members.put(group, member);
            }

            @Override
            public void node(MetalNodeStatus status) {
                node.set(status);
            }

            @Override
            public void answer(ClusterOperation question, OperationAnswer answer) {
                answers.put(question.getMetadata().getName(), answer);
            }
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

    private void member(String node, int number, boolean alive) {
        keeper.say(Message.of(
                "member",
                "node",
                node,
                "number",
                number,
                "alive",
                alive,
                "paths",
                alive ? "public:up:100" : "public:down:0"));
    }

    /** Loses the lease, ends all, and is granted it again after {@code owner}. */
    private void takeAgain(String epoch, int owner) {
        keeper.say(Message.of("lost", "group", "db", "epoch", members.get("db").epoch(), "reason", "Expired"));
        until("all is ended", () -> role() == MemberRole.STANDBY);
        granted(epoch, owner);
        until("all runs again", () -> role() == MemberRole.ACTIVE);
    }

    private History.Entry history() {
        return ConfigStore.read(paths.history(), History.class, History.EMPTY).of("db");
    }

    private List<FailoverReport> failovers() {
        Member member = members.get("db");
        return member == null ? List.of() : member.failovers();
    }

    /** What the agent answers to {@code explain}. */
    private String explained() {
        return asked(Message.of("explain", "group", "db")).stream()
                .flatMap(line -> line.find("text").stream())
                .collect(Collectors.joining("; "));
    }

    private List<Message> asked(Message question) {
        CompletableFuture<List<Message>> answer = new CompletableFuture<>();
        inbox.put(new Fact.Asked(question, answer));
        return answer.join();
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
