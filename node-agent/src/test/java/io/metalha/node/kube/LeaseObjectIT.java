// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.witness.Register;
import io.metalha.node.witness.Registers;
import io.metalha.node.witness.Snapshot;
import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real API server: what two servers write to one Lease is one sequence, and an object that was made again is another. */
class LeaseObjectIT {
    private static final String SPACE = "default";
    private static final String CLUSTER = "3f1c9a52-0000-4000-8000-000000000001";

    private static KubeAPIServer server;
    private static KubernetesClient client;

    @BeforeAll
    static void begin() throws IOException {
        server = RealApi.start();
        Config config = Config.fromKubeconfig(server.getKubeConfigYaml());
        config.setRequestTimeout(2_000);
        config.setRequestRetryBackoffLimit(0);
        client = new KubernetesClientBuilder().withConfig(config).build();
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
    void isAbsentUntilItIsMadeAndBlankUntilItIsWritten() {
        assertEquals(new WitnessEvent.Absent(), object("blank", "server1").read());
        make("blank");
        assertEquals(Registers.blank(CLUSTER), found(object("blank", "server1")).registers());
    }

    @Test
    void readsWhatWasWrittenAndKeepsWhatIsNotOurs() {
        make("written");
        LeaseObject one = object("written", "server1");
        Snapshot blank = found(one);
        Registers registers = registers(1);
        var answer = assertInstanceOf(WitnessEvent.Written.class, one.write(write(blank, registers)));
        Snapshot read = found(object("written", "server2"));
        assertEquals(new Snapshot(blank.uid(), answer.version(), registers), read);
        Lease lease = client.leases().inNamespace(SPACE).withName("written").get();
        assertEquals("yes", lease.getMetadata().getLabels().get("theirs"));
        assertEquals("server1", lease.getSpec().getHolderIdentity());
        assertEquals(10, lease.getSpec().getLeaseDurationSeconds());
    }

    @Test
    void ofTwoWritesToOneVersionOneIsRefused() {
        make("raced");
        LeaseObject one = object("raced", "server1");
        LeaseObject two = object("raced", "server2");
        Snapshot seenByOne = found(one);
        Snapshot seenByTwo = found(two);
        assertInstanceOf(WitnessEvent.Written.class, two.write(write(seenByTwo, registers(1))));
        assertEquals(new WitnessEvent.Conflict(), one.write(write(seenByOne, registers(2))));
        assertEquals(registers(1), found(one).registers());
        assertInstanceOf(WitnessEvent.Written.class, one.write(write(found(one), registers(2))));
    }

    @Test
    void writesOneAfterAnotherWithoutReadingAgain() {
        make("row");
        LeaseObject one = object("row", "server1");
        Snapshot seen = found(one);
        for (int i = 1; i <= 20; i++) {
            var written = assertInstanceOf(WitnessEvent.Written.class, one.write(write(seen, registers(i))));
            seen = new Snapshot(seen.uid(), written.version(), registers(i));
        }
        assertEquals(seen, found(object("row", "server2")));
    }

    @Test
    void anObjectThatWasMadeAgainIsAnother() {
        make("again");
        LeaseObject one = object("again", "server1");
        Snapshot seen = found(one);
        client.leases().inNamespace(SPACE).withName("again").delete();
        assertEquals(new WitnessEvent.Conflict(), one.write(write(seen, registers(1))));
        make("again");
        assertEquals(new WitnessEvent.Conflict(), one.write(write(seen, registers(1))));
        assertNotEquals(seen.uid(), found(one).uid());
    }

    @Test
    void whatCannotBeReadIsNoVote() {
        make("damaged");
        client.leases().inNamespace(SPACE).withName("damaged").edit(lease -> new LeaseBuilder(lease)
                .editMetadata()
                .addToAnnotations(LeaseObject.REGISTERS, "2a serial=3 promi")
                .endMetadata()
                .build());
        assertInstanceOf(WitnessEvent.Failed.class, object("damaged", "server1").read());
    }

    /** The most that may be in it: 256 groups of four copies. */
    @Test
    void takesAllGroupsAtOnce() {
        make("full");
        LeaseObject one = object("full", "server1");
        Registers registers = registers(1);
        for (long group = 0; group < Registers.GROUPS_MAX; group++) {
            registers = with(registers, -1 - group);
        }
        long began = System.nanoTime();
        assertInstanceOf(WitnessEvent.Written.class, one.write(write(found(one), registers)));
        System.out.printf("a full object, read and written: %.1f ms%n", (System.nanoTime() - began) / 1e6);
        assertTrue(found(one).registers().byGroup().size() >= Registers.GROUPS_MAX);
    }

    private static LeaseObject object(String name, String holder) {
        return new LeaseObject(client, SPACE, name, holder, Duration.ofSeconds(10), InstantSource.system());
    }

    private static Snapshot found(LeaseObject object) {
        return assertInstanceOf(WitnessEvent.Found.class, object.read()).snapshot();
    }

    private static WitnessEffect.Write write(Snapshot seen, Registers registers) {
        return new WitnessEffect.Write(seen.uid(), seen.version(), registers);
    }

    private static Registers registers(int writes) {
        return new Registers(CLUSTER, writes, true, Map.of(42L, register(writes)));
    }

    private static Registers with(Registers registers, long group) {
        Map<Long, Register> all = new TreeMap<>(registers.byGroup());
        all.put(group, register(1));
        return new Registers(CLUSTER, registers.writes(), true, all);
    }

    private static Register register(int serial) {
        Epoch epoch = new Epoch(serial, 1);
        return new Register(serial, epoch, new GroupRecord(epoch, 1, 1, List.of()), 10_000, 1, false);
    }

    private static void make(String name) {
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(SPACE)
                        .addToLabels("theirs", "yes")
                        .addToAnnotations(LeaseObject.CLUSTER_UID, CLUSTER)
                        .endMetadata()
                        .build())
                .create();
    }
}
