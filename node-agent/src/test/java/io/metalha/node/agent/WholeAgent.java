// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MemberRole;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.node.agent.config.AgentPaths;
import io.metalha.node.agent.config.ConfigStore;
import io.metalha.node.agent.config.Configuration;
import io.metalha.node.agent.config.HistoryStore;
import io.metalha.node.agent.config.NodeConf;
import io.metalha.node.agent.config.StateWriter;
import io.metalha.node.agent.peer.ClusterView;
import io.metalha.node.agent.witness.MemoryObject;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent but for the host and the API server: real sockets, a keeper and drivers that the test plays. */
abstract class WholeAgent {
    static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    final FakeDrivers drivers = new FakeDrivers();
    final AtomicReference<MetalNodeStatus> node = new AtomicReference<>();
    final Map<String, Member> members = new ConcurrentHashMap<>();
    final Map<String, OperationAnswer> answers = new ConcurrentHashMap<>();
    final Inbox inbox = new Inbox();
    final MemoryObject lease = new MemoryObject(Lab.cluster().getMetadata().getUid());
    AgentPaths paths;
    FakeKeeper keeper;
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

    void configured() {
        ConfigStore.write(
                paths.config(), Configuration.EMPTY.with(Lab.cluster()).with(Lab.group("db", 1)));
    }

    void begin(List<Message> leases) throws IOException {
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
        AgentLoop loop = new AgentLoop(
                context,
                new Publisher() {
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
                },
                (_, _) -> lease);
        agent = Thread.ofVirtual().start(() -> {
            try {
                loop.run();
            } catch (InterruptedException _) {
                // The test ends.
            }
        });
    }

    void granted(String epoch, int owner) {
        keeper.say(Message.of(
                "granted", "group", "db", "epoch", epoch, "copies", "-", "owner", owner, "waitedMillis", 12));
    }

    void member(String node, int number, boolean alive) {
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

    List<FailoverReport> failovers() {
        Member member = members.get("db");
        return member == null ? List.of() : member.failovers();
    }

    /** What the agent answers to {@code explain}. */
    String explained() {
        return asked(Message.of("explain", "group", "db")).stream()
                .flatMap(line -> line.find("text").stream())
                .collect(Collectors.joining("; "));
    }

    List<Message> asked(Message question) {
        CompletableFuture<List<Message>> answer = new CompletableFuture<>();
        inbox.put(new Fact.Asked(question, answer));
        return answer.join();
    }

    MemberRole role() {
        Member member = members.get("db");
        return member == null ? MemberRole.UNKNOWN : member.role();
    }

    void until(String what, BooleanSupplier condition) {
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
