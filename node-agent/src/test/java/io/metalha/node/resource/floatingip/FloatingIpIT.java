// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import static io.metalha.node.resource.HostCommand.await;
import static io.metalha.node.resource.HostCommand.run;
import static io.metalha.node.resource.HostCommand.tryRun;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.linux.RawClock;
import io.metalha.node.resource.HostCommand;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A floating IP on a real link: a veth pair whose other end, the neighbour, is in a namespace of its own. */
class FloatingIpIT {
    private static final String SPACE = "mha-res-test";
    private static final String LINK = "mhares0";
    private static final Epoch EPOCH = new Epoch(7, 1);
    private static final Duration BOUND = Duration.ofSeconds(5);
    private static final String FOUR = "198.19.77.50";
    private static final String SIX = "fd77:1::50";

    private final List<String> filtered = new CopyOnWriteArrayList<>();
    private LinkState links;

    @BeforeEach
    void connect() throws IOException {
        assumeTrue(HostCommand.isRoot() && HostCommand.exists("ip"), "needs root and iproute2");
        disconnect();
        run("ip", "netns", "add", SPACE);
        run("ip", "link", "add", LINK, "type", "veth", "peer", "name", "peer0", "netns", SPACE);
        run("ip", "address", "add", "198.19.77.1/24", "dev", LINK);
        run("ip", "address", "add", "fd77:1::1/64", "dev", LINK, "nodad");
        run("ip", "link", "set", LINK, "up");
        inSpace("ip", "address", "add", "198.19.77.2/24", "dev", "peer0");
        inSpace("ip", "address", "add", "fd77:1::2/64", "dev", "peer0", "nodad");
        inSpace("ip", "link", "set", "peer0", "up");
        await(BOUND, "the link's carrier", () -> run("ip", "link", "show", LINK).contains("LOWER_UP"));
        links = LinkState.open();
    }

    @AfterEach
    void disconnect() {
        if (links != null) {
            links.close();
        }
        tryRun("ip", "netns", "delete", SPACE);
        tryRun("ip", "link", "delete", LINK);
    }

    @Test
    void addressAnswersTheNeighbourAndIsGoneAfterStop() {
        for (String address : List.of(FOUR + "/24", SIX + "/64")) {
            FloatingIp ip = floatingIp(address);
            String bare = address.substring(0, address.indexOf('/'));
            assertEquals(Optional.of(shown(bare) + "@" + LINK), ip.place());
            assertInstanceOf(Probe.Stopped.class, ip.probe(BOUND));
            assertEquals(new Outcome.Done(), ip.start(EPOCH, BOUND));
            assertEquals(new Probe.Running(), ip.probe(BOUND));
            assertEquals(new Outcome.Done(), ip.start(EPOCH, BOUND), "start of the started succeeds");
            connectFromSpace(bare);
            assertEquals(new Outcome.Done(), ip.stop(EPOCH, false, BOUND));
            assertEquals(new Outcome.Done(), ip.stop(EPOCH, true, BOUND), "stop of the stopped succeeds");
            assertInstanceOf(Probe.Stopped.class, ip.probe(BOUND));
        }
        assertEquals("open " + FOUR + "@" + LINK, filtered.getFirst());
        assertTrue(filtered.contains("close " + FOUR + "@" + LINK));
    }

    @Test
    void neighboursForgetTheOldOwnerAtOnce() {
        String old = "02:00:00:00:00:99";
        for (String address : List.of(FOUR + "/24", SIX + "/64")) {
            String bare = address.substring(0, address.indexOf('/'));
            inSpace("ip", "neighbour", "replace", bare, "lladdr", old, "nud", "stale", "dev", "peer0");
            FloatingIp ip = floatingIp(address);
            assertEquals(new Outcome.Done(), ip.start(EPOCH, BOUND));
            String mac = run("cat", "/sys/class/net/" + LINK + "/address").strip();
            await(BOUND, "the neighbour's entry for " + bare + " names the new owner", () -> inSpace(
                            "ip", "neighbour", "show", bare)
                    .contains(mac));
            ip.stop(EPOCH, false, BOUND);
        }
    }

    @Test
    void addressInUseElsewhereIsRefusedAndNamesTheMachine() {
        String mac = inSpace("cat", "/sys/class/net/peer0/address").strip();
        inSpace("ip", "address", "add", FOUR + "/24", "dev", "peer0");
        inSpace("ip", "address", "add", SIX + "/64", "dev", "peer0", "nodad");
        for (String address : List.of(FOUR + "/24", SIX + "/64")) {
            FloatingIp ip = floatingIp(address);
            ip.expect();
            var refused = assertInstanceOf(Outcome.Failed.class, ip.start(EPOCH, BOUND));
            assertTrue(refused.reason().startsWith(FloatingIp.ADDRESS_CONFLICT), refused.reason());
            assertTrue(refused.reason().contains(mac), refused.reason());
            assertInstanceOf(Probe.Stopped.class, ip.probe(BOUND));
        }
        assertEquals(List.of(), filtered, "the filter stays shut");
    }

    @Test
    void addressWithoutASubnetHereIsRefused() {
        var refused = assertInstanceOf(
                Outcome.Failed.class, floatingIp("198.19.99.50/24").start(EPOCH, BOUND));
        assertTrue(refused.reason().contains("no interface of this server"), refused.reason());
    }

    @Test
    void lostCarrierIsHeardAndSeen() throws Exception {
        Map<String, Boolean> heard = new ConcurrentHashMap<>();
        try (var _ = links.listen(heard::put)) {
            heard.put(LINK, true);
            FloatingIp ip = floatingIp(FOUR + "/24");
            assertEquals(new Outcome.Done(), ip.start(EPOCH, BOUND));
            assertTrue(links.hasCarrier(LINK));
            inSpace("ip", "link", "set", "peer0", "down");
            long nanos = await(BOUND, "the carrier is lost", () -> !heard.get(LINK));
            System.out.println("carrier loss heard after " + nanos / 1_000 + " us");
            var failed = assertInstanceOf(Probe.Failed.class, ip.probe(BOUND));
            assertTrue(failed.reason().contains("carrier"), failed.reason());
            ip.stop(EPOCH, false, BOUND);
        }
    }

    @Test
    void figures() {
        FloatingIp ip = floatingIp(FOUR + "/24");
        ip.warmUp();
        List<Long> started = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            ip.expect();
            long begin = System.nanoTime();
            assertEquals(new Outcome.Done(), ip.start(EPOCH, BOUND));
            started.add(System.nanoTime() - begin);
            assertEquals(new Outcome.Done(), ip.stop(EPOCH, false, BOUND));
        }
        long first = started.getFirst();
        long[] sorted = started.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.println("floating IP start with its 50 ms probe: first " + first / 1_000 + " us, median "
                + sorted[10] / 1_000 + " us, max " + Arrays.stream(sorted).max().getAsLong() / 1_000 + " us");
    }

    private static void connectFromSpace(String address) {
        try (var server = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            inSpace("timeout", "2", "bash", "-c", "</dev/tcp/" + address + "/" + server.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FloatingIp floatingIp(String cidr) {
        return new FloatingIp(
                FloatingIpSettings.parse(cidr, Optional.empty()),
                new AddressFilter() {
                    @Override
                    public Outcome open(String place, Epoch epoch, Duration timeout) {
                        filtered.add("open " + place);
                        return new Outcome.Done();
                    }

                    @Override
                    public Outcome close(String place, Epoch epoch, Duration timeout) {
                        filtered.add("close " + place);
                        return new Outcome.Done();
                    }

                    @Override
                    public Outcome forget(String place, Duration timeout) {
                        filtered.add("forget " + place);
                        return new Outcome.Done();
                    }
                },
                links,
                new RawClock());
    }

    private static String shown(String address) {
        return address.contains(":") ? "fd77:1:0:0:0:0:0:50" : address;
    }

    private static String inSpace(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", SPACE));
        all.addAll(List.of(command));
        return run(all.toArray(String[]::new));
    }
}
