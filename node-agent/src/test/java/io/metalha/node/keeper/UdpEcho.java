// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.linux.RawClock;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A service and its client: {@code serve ADDRESS…} echoes on port 7000 of each; {@code ask ADDRESS COUNT} asks each 10 ms
 * and prints the raw clock at each answer. Both end by themselves within a minute.
 */
final class UdpEcho {
    private static final int PORT = 7000;

    private UdpEcho() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("serve")) {
            for (int i = 1; i < args.length; i++) {
                DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(args[i]), PORT));
                Thread.ofPlatform().start(() -> serve(socket));
            }
            System.out.println(0);
        } else {
            ask(new InetSocketAddress(InetAddress.ofLiteral(args[1]), PORT), Integer.parseInt(args[2]));
        }
    }

    private static void serve(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[64], 64);
        try (socket) {
            socket.setSoTimeout(60_000);
            while (true) {
                socket.receive(packet);
                try {
                    socket.send(packet);
                } catch (IOException e) {
                    // A dropped answer is what the test looks for.
                }
            }
        } catch (IOException e) {
            // Nobody asks any more.
        }
    }

    private static void ask(InetSocketAddress server, int count) throws IOException {
        RawClock clock = new RawClock();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(1_500);
            Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < count; i++) {
                    try {
                        socket.send(new DatagramPacket(new byte[] {1}, 1, server));
                    } catch (IOException e) {
                        // No neighbour: as good as no answer.
                    }
                    LockSupport.parkNanos(10_000_000);
                }
            });
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            while (true) {
                socket.receive(packet);
                System.out.println(clock.nanos());
            }
        } catch (SocketTimeoutException e) {
            System.out.println(-1);
        }
    }
}
