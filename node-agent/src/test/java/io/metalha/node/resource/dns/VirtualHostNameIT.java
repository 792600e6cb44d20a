// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.dns;

import static io.metalha.node.resource.HostCommand.await;
import static io.metalha.node.resource.HostCommand.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.resource.HostCommand;
import io.metalha.node.resource.ResourceDriver.Outcome;
import io.metalha.node.resource.ResourceDriver.Probe;
import io.metalha.node.resource.dns.VirtualHostNameSettings.TsigKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name registered at a real BIND on loopback. */
class VirtualHostNameIT {
    private static final Epoch EPOCH = new Epoch(7, 1);
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final String SECRET = "bm90IGEgc2VjcmV0IGJ1dCBhIHRlc3QncyBrZXkgMTIzNDU2Nzg=";
    private static final String HOST = "iptv-db.iptv.example";

    @TempDir
    Path folder;

    private int port;
    private Process named;

    @BeforeEach
    void startNameServer() throws IOException {
        assumeTrue(
                HostCommand.exists("named") && HostCommand.exists("dig"),
                "needs named and dig (packages bind9, bind9-dnsutils)");
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        zone("iptv.example");
        zone("10.18.198.in-addr.arpa");
        Files.writeString(folder.resolve("named.conf"), """
                options { directory "%s"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
                          pid-file none; session-keyfile none; dnssec-validation no; };
                controls { };
                key "iptv-dns" { algorithm hmac-sha256; secret "%s"; };
                zone "iptv.example" { type primary; file "iptv.example"; allow-update { key iptv-dns; }; };
                zone "10.18.198.in-addr.arpa" { type primary; file "10.18.198.in-addr.arpa"; allow-update { key iptv-dns; }; };
                """.formatted(folder, port, SECRET));
    }

    @AfterEach
    void endNameServer() throws InterruptedException {
        if (named != null) {
            named.destroyForcibly().waitFor();
        }
    }

    @Test
    void addressesAndPointersFollowTheGroup() throws IOException {
        listen();
        VirtualHostName first = hostName("server1", SECRET, "198.18.10.50", "fd00:18:10::50");
        long begin = System.nanoTime();
        assertEquals(new Outcome.Done(), first.start(EPOCH, BOUND));
        System.out.println("host name start: " + (System.nanoTime() - begin) / 1_000 + " us");
        await(BOUND, "registered", () -> first.warning().isEmpty());
        System.out.println("host name registered after " + (System.nanoTime() - begin) / 1_000 + " us");
        assertEquals("198.18.10.50", ask(HOST, "A"));
        assertEquals("fd00:18:10::50", ask(HOST, "AAAA"));
        assertEquals(HOST + ".", ask("50.10.18.198.in-addr.arpa", "PTR"));
        assertTrue(ask(HOST, "TXT").contains("node=server1 epoch=7.1"));
        assertEquals(new Probe.Running(), first.probe(BOUND));
        assertEquals(new Outcome.Done(), first.stop(EPOCH, false, BOUND));
        assertInstanceOf(Probe.Stopped.class, first.probe(BOUND));

        VirtualHostName second = hostName("server2", SECRET, "198.18.10.51");
        assertEquals(new Outcome.Done(), second.start(new Epoch(8, 2), BOUND));
        await(BOUND, "registered", () -> second.warning().isEmpty());
        assertEquals("198.18.10.51", ask(HOST, "A"));
        assertEquals("", ask(HOST, "AAAA"), "what no longer holds is gone");
        assertEquals("", ask("50.10.18.198.in-addr.arpa", "PTR"));
        assertEquals(HOST + ".", ask("51.10.18.198.in-addr.arpa", "PTR"));
        assertTrue(ask(HOST, "TXT").contains("node=server2 epoch=8.2"));
        second.stop(EPOCH, false, BOUND);
    }

    @Test
    void serverThatComesLaterIsMetLater() throws IOException {
        VirtualHostName name = hostName("server1", SECRET, "198.18.10.50");
        assertEquals(new Outcome.Done(), name.start(EPOCH, BOUND), "the group is not held up");
        await(BOUND, "it says why", () -> name.warning().orElse("").contains("not registered"));
        listen();
        await(BOUND, "registered", () -> name.warning().isEmpty());
        assertEquals("198.18.10.50", ask(HOST, "A"));
        name.stop(EPOCH, false, BOUND);
    }

    @Test
    void wrongKeyIsSaid() throws IOException {
        listen();
        VirtualHostName name = hostName("server1", "d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3I=", "198.18.10.50");
        assertEquals(new Outcome.Done(), name.start(EPOCH, BOUND));
        await(BOUND, "it says why", () -> name.warning().orElse("").contains("TSIG"));
        name.stop(EPOCH, false, BOUND);
    }

    private void listen() throws IOException {
        named = new ProcessBuilder(
                        "named", "-g", "-c", folder.resolve("named.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        await(
                BOUND,
                "the name server answers",
                () -> HostCommand.tryRun(
                        "dig",
                        "+time=1",
                        "+tries=1",
                        "@127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "iptv.example",
                        "SOA"));
    }

    private void zone(String name) throws IOException {
        Files.writeString(folder.resolve(name), """
                $TTL 60
                @ SOA ns.iptv.example. root.iptv.example. 1 60 60 600 60
                @ NS ns.iptv.example.
                %s""".formatted(name.equals("iptv.example") ? "ns A 198.18.10.2\n" : ""));
    }

    private String ask(String name, String type) {
        return run("dig", "+short", "@127.0.0.1", "-p", Integer.toString(port), name, type)
                .strip();
    }

    private VirtualHostName hostName(String node, String secret, String... addresses) throws UnknownHostException {
        List<InetAddress> all = new java.util.ArrayList<>();
        for (String address : addresses) {
            all.add(InetAddress.getByName(address));
        }
        return new VirtualHostName(new VirtualHostNameSettings(
                "iptv-db",
                "iptv.example",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Optional.of(() -> new TsigKey("iptv-dns", "hmac-sha256", secret)),
                Duration.ofSeconds(5),
                Optional.of("10.18.198.in-addr.arpa"),
                all,
                node));
    }
}
