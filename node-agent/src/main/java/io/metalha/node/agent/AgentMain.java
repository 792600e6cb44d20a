// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.ClusterGroup;
import io.metalha.api.v1alpha1.ClusterOperation;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.MetalCluster;
import io.metalha.api.v1alpha1.MetalNodeStatus;
import io.metalha.api.v1alpha1.OperationAnswer;
import io.metalha.node.agent.config.AgentPaths;
import io.metalha.node.agent.config.HistoryStore;
import io.metalha.node.agent.config.Journal;
import io.metalha.node.agent.config.NodeConf;
import io.metalha.node.agent.config.SecretStore;
import io.metalha.node.agent.config.StateWriter;
import io.metalha.node.agent.peer.ClusterView;
import io.metalha.node.kube.KubeLink;
import io.metalha.node.linux.RawClock;
import io.metalha.node.local.LineClient;
import io.metalha.node.local.LineConnection;
import io.metalha.node.local.LineHandler;
import io.metalha.node.local.LineServer;
import io.metalha.node.local.Message;
import io.metalha.node.resource.HostTool;
import io.metalha.node.resource.floatingip.LinkState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Wires the agent process and runs it. */
public final class AgentMain {
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final Inbox inbox = new Inbox();
    private final AgentPaths paths;
    private final NodeConf conf;
    private @Nullable LineClient keeper;
    private @Nullable LineClient mirror;
    private final MirrorClient mirrors = new MirrorClient(this::mirror);
    private volatile String clusterKeySecret = "";

    private AgentMain(NodeConf conf, AgentPaths paths) {
        this.conf = conf;
        this.paths = paths;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        // No logging library is on the class path on purpose; SLF4J need not say so each time.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        NodeConf conf = NodeConf.read(Path.of(arguments.length > 0 ? arguments[0] : "/etc/metalha/node.conf"));
        new AgentMain(conf, AgentPaths.standard()).run();
    }

    private void run() throws IOException, InterruptedException {
        Files.createDirectories(paths.run());
        SecretStore secrets = new SecretStore(paths.state().resolve("secrets"));
        LineClient keeperClient = LineClient.open(
                paths.keeperSocket(), handler(Fact.KeeperUp::new, Fact.KeeperDown::new, Fact.KeeperSaid::new));
        keeper = keeperClient;
        LineClient mirrorClient = LineClient.open(paths.mirrorSocket(), mirrorHandler());
        mirror = mirrorClient;
        LinkState links = LinkState.open();
        var _ = links.listen((_, _) -> inbox.put(new Fact.LinksChanged()));
        Drivers drivers = new HostDrivers(conf.node(), this::keeper, mirrors, secrets, links, paths.state());
        Rehearsal.run();
        KubeLink link = KubeLink.open(
                conf.kubeconfig(),
                conf.namespace(),
                conf.cluster(),
                conf.node().name(),
                new Watching(secrets),
                Journal::say);
        LineServer local = LineServer.listen(paths.agentSocket(), this::asked);
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
        Runtime.getRuntime().addShutdownHook(new Thread(this::sayGoodbye, "goodbye"));
        AgentLoop loop = new AgentLoop(
                context,
                new Publisher() {
                    @Override
                    public void member(String group, Member member) {
                        link.status().member(group, member);
                    }

                    @Override
                    public void node(MetalNodeStatus status) {
                        link.status().node(status);
                    }

                    @Override
                    public void answer(ClusterOperation question, OperationAnswer answer) {
                        link.status().answer(question, answer);
                    }
                },
                link::voterObject);
        try (link;
                local) {
            loop.run();
        }
    }

    /**
     * A server that is shut down or booted anew takes its groups with it, and looks as if it had died: the others are told before the
     * keeper is stopped, which systemd does after this process. The agent's own restart is no such thing.
     */
    private void sayGoodbye() {
        try {
            if (HostTool.run(List.of("systemctl", "is-system-running"), GOODBYE)
                    .output()
                    .equals("stopping")) {
                inbox.put(new Fact.GoingDown());
                // As long as a few heartbeats, which carry it.
                Thread.sleep(GOODBYE);
            }
        } catch (IOException _) {
            // No systemd: whoever stops us stops only us.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private LineClient keeper() {
        return java.util.Objects.requireNonNull(keeper);
    }

    private LineClient mirror() {
        return java.util.Objects.requireNonNull(mirror);
    }

    private interface Up {
        Fact fact();
    }

    private LineHandler handler(Up up, Function<String, Fact> down, Function<Message, Fact> said) {
        return new LineHandler() {
            @Override
            public void connected(LineConnection connection) {
                inbox.put(up.fact());
            }

            @Override
            public void received(LineConnection connection, Message message) {
                inbox.put(said.apply(message));
            }

            @Override
            public void disconnected(LineConnection connection, String why) {
                inbox.put(down.apply(why));
            }
        };
    }

    /** As the others; what drivers look at is kept besides. */
    private LineHandler mirrorHandler() {
        LineHandler usual = handler(Fact.MirrorUp::new, Fact.MirrorDown::new, Fact.MirrorSaid::new);
        return new LineHandler() {
            @Override
            public void connected(LineConnection connection) {
                usual.connected(connection);
            }

            @Override
            public void received(LineConnection connection, Message message) {
                if (message.verb().equals("state")) {
                    mirrors.state(message);
                }
                usual.received(connection, message);
            }

            @Override
            public void disconnected(LineConnection connection, String why) {
                mirrors.forget();
                usual.disconnected(connection, why);
            }
        };
    }

    private void asked(LineConnection connection, Message question) {
        CompletableFuture<List<Message>> answer = new CompletableFuture<>();
        inbox.put(new Fact.Asked(question, answer));
        var _ = answer.thenAccept(lines -> lines.forEach(connection::send));
    }

    private final class Watching implements KubeLink.Listener {
        private final SecretStore secrets;

        Watching(SecretStore secrets) {
            this.secrets = secrets;
        }

        @Override
        public void cluster(MetalCluster cluster) {
            clusterKeySecret = cluster.getSpec().clusterKeySecret();
            inbox.put(new Fact.ClusterShown(cluster));
        }

        @Override
        public void group(ClusterGroup group) {
            inbox.put(new Fact.GroupShown(group));
        }

        @Override
        public void groupGone(String name) {
            inbox.put(new Fact.GroupGone(name));
        }

        @Override
        public void operation(ClusterOperation operation) {
            inbox.put(new Fact.OperationShown(operation));
        }

        @Override
        public void secret(String name, Map<String, byte[]> content) {
            if (name.equals(clusterKeySecret)) {
                byte[] key = content.get("key");
                inbox.put(new Fact.KeyShown(key == null ? new byte[0] : key));
            } else {
                secrets.put(name, content);
                inbox.put(new Fact.SecretShown(name));
            }
        }
    }
}
