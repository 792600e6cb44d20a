// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metalha.node.linux.RawClock;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The kernel cuts an address that is not renewed, though every process of ours is stopped; renewed, it is never cut.
 * Two namespaces and a cable; a question each 10 ms.
 */
@Timeout(120)
class AddressDeadmanIT {
    private static final String FOUR = "198.18.90.50";
    private static final String SIX = "fd00:90::50";

    private final RawClock clock = new RawClock();

    @Test
    void aStoppedHolderIsSilentAfterTheTimeout() throws Exception {
        assumeTrue(Namespaces.available(), "needs root, ip and nft");
        try (Namespaces net = new Namespaces()) {
            String server = net.add("server");
            String client = net.add("client");
            net.join(server, "198.18.90.1/24", client, "198.18.90.2/24", "mh0");
            Namespaces.run("ip", "-n", server, "addr", "add", FOUR + "/24", "dev", "mh0");
            Namespaces.run("ip", "-n", server, "addr", "add", SIX + "/64", "dev", "mh0", "nodad");
            Namespaces.run("ip", "-n", client, "addr", "add", "fd00:90::2/64", "dev", "mh0", "nodad");
            next(lines(net.start(server, Namespaces.java(UdpEcho.class, "serve", FOUR, SIX, "198.18.90.1"))));
            for (String address : List.of(FOUR, SIX)) {
                stopOf(net, server, client, address);
            }
            // The server's own address is nobody's floating address.
            List<Long> own = all(lines(net.start(client, Namespaces.java(UdpEcho.class, "ask", "198.18.90.1", "20"))));
            assertEquals(20, own.size());
        }
    }

    private void stopOf(Namespaces net, String server, String client, String address) throws Exception {
        Process holder = net.start(server, Namespaces.java(DeadmanHolder.class, FOUR, SIX));
        var refreshes = lines(holder);
        next(refreshes);
        var answers = lines(net.start(client, Namespaces.java(UdpEcho.class, "ask", address, "500")));
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            times.add(next(answers));
        }
        long before = clock.nanos();
        // ip netns exec becomes the command it runs, so the process is the JVM.
        Namespaces.run("kill", "-STOP", Long.toString(holder.pid()));
        long stopped = clock.nanos();
        times.addAll(all(answers));
        long gap = 0;
        for (int i = 1; i < times.size(); i++) {
            gap = Math.max(gap, times.get(i) - times.get(i - 1));
        }
        long[] micros =
                refreshes.stream().mapToLong(nanos -> nanos / 1000).sorted().toArray();
        System.out.printf(
                "dead-man %s: %d answers, largest gap %d ms, last answer %d ms after SIGSTOP (timeout 300 ms, renewed "
                        + "each 50 ms); renewal of both addresses %d us median, %d us max, n=%d%n",
                address,
                times.size(),
                gap / 1_000_000,
                (times.getLast() - before) / 1_000_000,
                micros[micros.length / 2],
                micros[micros.length - 1],
                micros.length);
        // Asker and answerer are ordinary processes: only a gap near the timeout says anything about the address.
        assertTrue(gap < 280_000_000, "answers were missing while the address was renewed");
        assertTrue(times.getLast() - stopped < 360_000_000, "the address outlived its timeout");
        // A neighbour that asks anew gets no answer either.
        Namespaces.run("ip", "-n", client, "neigh", "flush", "dev", "mh0");
        assertEquals(List.of(), all(lines(net.start(client, Namespaces.java(UdpEcho.class, "ask", address, "20")))));
        holder.destroyForcibly().waitFor();
    }

    private static LinkedBlockingQueue<Long> lines(Process process) {
        LinkedBlockingQueue<Long> queue = new LinkedBlockingQueue<>();
        BufferedReader reader = process.inputReader();
        Thread.ofVirtual().start(() -> reader.lines().map(Long::valueOf).forEach(queue::add));
        return queue;
    }

    private static long next(LinkedBlockingQueue<Long> lines) throws InterruptedException {
        Long line = lines.poll(30, TimeUnit.SECONDS);
        assertNotNull(line, "nothing came within 30 s");
        return line;
    }

    /** Up to the -1 with which the asker ends. */
    private static List<Long> all(LinkedBlockingQueue<Long> lines) throws InterruptedException {
        List<Long> all = new ArrayList<>();
        for (long line = next(lines); line >= 0; line = next(lines)) {
            all.add(line);
        }
        return all;
    }
}
