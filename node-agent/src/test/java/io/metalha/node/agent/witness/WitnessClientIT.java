// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.kube.LeaseObject;
import io.metalha.node.kube.RealApi;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Renew;
import io.metalha.node.lease.LeaseMessage.RenewAck;
import io.metalha.node.linux.RawClock;
import io.metalha.node.witness.WitnessState;
import io.metalha.node.witness.WitnessTiming;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers' clients and a Lease in a real API server, with a grant of two seconds. */
class WitnessClientIT {
    private static final String SPACE = "default";
    private static final String CLUSTER = "3f1c9a52-0000-4000-8000-000000000001";
    private static final long GROUP = 42;
    private static final int LEASE_MILLIS = 2_000;
    private static final WitnessTiming TIMING = new WitnessTiming(Duration.ofMillis(LEASE_MILLIS), 10);

    private static KubeAPIServer server;
    private static KubernetesClient client;

    @TempDir
    Path folder;

    private final RawClock clock = new RawClock();
    private final List<Server> servers = new ArrayList<>();

    /** One server: its keeper's side of the conversation. */
    private final class Server implements WitnessClient.Keeper {
        final BlockingQueue<LeaseMessage> answers = new LinkedBlockingQueue<>();
        final BlockingQueue<WitnessState> states = new LinkedBlockingQueue<>();
        final WitnessClient voter;

        Server(String name, String object) throws IOException {
            voter = WitnessClient.start(
                    new LeaseObject(connect(), SPACE, object, name, TIMING.lease(), InstantSource.system()),
                    CLUSTER,
                    TIMING,
                    new MemoryFile(folder.resolve(name)),
                    clock,
                    this);
            servers.add(this);
        }

        @Override
        public void answer(String session, LeaseMessage message) {
            answers.add(message);
        }

        @Override
        public void forgetful(String session, boolean forgot) {}

        @Override
        public void told(WitnessState state) {
            states.add(state);
        }

        /** Asks until it is answered so, as a candidate or a holder does. */
        <T extends LeaseMessage> T until(Class<T> kind, LeaseMessage question) throws InterruptedException {
            long end = clock.nanos() + 20_000_000_000L;
            while (clock.nanos() < end) {
                voter.asked("1", question);
                LeaseMessage answer = answers.poll(100, TimeUnit.MILLISECONDS);
                if (kind.isInstance(answer) && isAnswer(answer, question)) {
                    return kind.cast(answer);
                }
            }
            return fail("never answered " + kind.getSimpleName() + " to " + question);
        }

        void untilTold(Class<? extends WitnessState> kind) throws InterruptedException {
            WitnessState state = states.poll(20, TimeUnit.SECONDS);
            while (!kind.isInstance(state)) {
                if (state == null) {
                    fail("never told " + kind.getSimpleName());
                }
                state = states.poll(20, TimeUnit.SECONDS);
            }
        }
    }

    @BeforeAll
    static void begin() throws IOException {
        server = RealApi.start();
        client = connect();
    }

    private static KubernetesClient connect() {
        Config config = Config.fromKubeconfig(server.getKubeConfigYaml());
        config.setRequestTimeout((int) TIMING.read().toMillis());
        config.setRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @AfterEach
    void closeServers() {
        servers.forEach(each -> each.voter.close());
    }

    @AfterAll
    static void end() {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void isTakenOverAWholeLeaseAfterTheLastRenewalAndNotBefore() throws Exception {
        make("takeover");
        Server one = new Server("server1", "takeover");
        Server two = new Server("server2", "takeover");
        Epoch held = new Epoch(1, 1);
        one.until(Accepted.class, propose(held, 1));
        long began = clock.nanos();
        long renewed = began;
        while (renewed - began < 4_000_000_000L) {
            two.voter.asked("1", new Prepare(GROUP, new Epoch(2, 2), clock.nanos()));
            one.until(RenewAck.class, new Renew(GROUP, held, LEASE_MILLIS, clock.nanos()));
            renewed = clock.nanos();
        }
        assertTrue(two.answers.stream().allMatch(Held.class::isInstance), two.answers::toString);
        Promise promise = two.until(Promise.class, new Prepare(GROUP, new Epoch(2, 2), clock.nanos()));
        double waited = (clock.nanos() - renewed) / 1e9;
        System.out.printf(
                "taken over %.2f s after the last renewal; server1 wrote %d times%n", waited, one.voter.writes());
        assertEquals(held, promise.record().epoch());
        assertTrue(waited > 2.0 && waited < 4.0, () -> waited + " s");
    }

    @Test
    void aRestoredObjectAbstainsAlsoAfterARestartUntilItIsWrittenAgain() throws Exception {
        make("restored");
        Server one = new Server("server1", "restored");
        one.until(Accepted.class, propose(new Epoch(1, 1), 1));
        Lease backup = client.leases().inNamespace(SPACE).withName("restored").get();
        one.until(Accepted.class, propose(new Epoch(1, 1), 2));
        one.voter.close();
        client.leases().inNamespace(SPACE).withName("restored").edit(present -> new LeaseBuilder(present)
                .editMetadata()
                .withAnnotations(backup.getMetadata().getAnnotations())
                .endMetadata()
                .build());
        Server again = new Server("server1", "restored");
        again.untilTold(WitnessState.Forgot.class);
        again.voter.asked("1", new Renew(GROUP, new Epoch(1, 1), LEASE_MILLIS, clock.nanos()));
        again.until(Accepted.class, propose(new Epoch(1, 1), 2));
        again.until(RenewAck.class, new Renew(GROUP, new Epoch(1, 1), LEASE_MILLIS, clock.nanos()));
    }

    /** A question that was asked twice may be answered twice. */
    private static boolean isAnswer(LeaseMessage answer, LeaseMessage question) {
        return !(answer instanceof Accepted accepted && question instanceof Propose propose)
                || accepted.sequence() == propose.record().sequence();
    }

    private static Propose propose(Epoch epoch, long sequence) {
        return new Propose(GROUP, new GroupRecord(epoch, sequence, epoch.voter(), List.of()), LEASE_MILLIS, 1);
    }

    private static void make(String name) {
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(SPACE)
                        .addToAnnotations(LeaseObject.CLUSTER_UID, CLUSTER)
                        .endMetadata()
                        .build())
                .create();
    }
}
