// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.PacketSocket;
import io.metalha.node.linux.RouteSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks a link once whether another machine has the address (RFC 5227 probe, RFC 4862 solicitation), and waits a little. */
final class DuplicateProbe {
    /** A machine on a LAN answers within a few milliseconds; the RFCs' seconds are for hosts that have time. */
    static final Duration WINDOW = Duration.ofMillis(50);

    private final InetAddress address;
    private final NetworkLink link;

    DuplicateProbe(InetAddress address, NetworkLink link) {
        this.address = address;
        this.link = link;
    }

    sealed interface Answer {
        record Free() implements Answer {}

        record Taken(String mac) implements Answer {}

        record NotAsked(String reason) implements Answer {}
    }

    Answer run(Duration window) throws IOException {
        if (!link.ethernet()) {
            return new Answer.Free();
        }
        Neighbours neighbours = Neighbours.of(address, link);
        try (var socket = PacketSocket.open(link, neighbours.etherType())) {
            socket.send(neighbours.probe());
            // The kernel queues what arrives meanwhile, so that no thread is held by a blocked call.
            Thread.sleep(window);
            Optional<String> foreign = neighbours.foreignClaimant(socket, ownHardware());
            return foreign.<Answer>map(Answer.Taken::new).orElseGet(Answer.Free::new);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Answer.NotAsked("interrupted while asking the neighbours");
        }
    }

    /** Another interface of this host on the same wire is no foreigner. */
    private static Set<String> ownHardware() throws IOException {
        try (var routes = RouteSocket.open()) {
            return routes.links().stream().map(NetworkLink::hardware).collect(Collectors.toUnmodifiableSet());
        }
    }
}
