// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.PacketSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is said to the neighbours of a link about one address: "is it yours?" and "it is mine". ARP for IPv4 (RFC 5227),
 * neighbour discovery for IPv6 (RFC 4861, 4862).
 */
sealed interface Neighbours permits ArpNeighbours, DiscoveryNeighbours {
    static Neighbours of(InetAddress address, NetworkLink link) {
        return address.getAddress().length == 4
                ? new ArpNeighbours(address, link)
                : new DiscoveryNeighbours(address, link);
    }

    int etherType();

    /** The question, asked from no address, so that it changes no neighbour's table. */
    byte[] probe();

    /** Gratuitous ARP, or an unsolicited neighbour advertisement. */
    List<byte[]> announcements();

    /** The MAC that claims the address in this frame. */
    Optional<String> claimant(byte[] frame);

    default void announce() throws IOException {
        try (var socket = PacketSocket.open(link(), etherType())) {
            for (byte[] frame : announcements()) {
                socket.send(frame);
            }
        }
    }

    NetworkLink link();

    /** Who else claims the address, of all that has arrived on the socket since the probe. */
    default Optional<String> foreignClaimant(PacketSocket socket, Set<String> own) throws IOException {
        for (Optional<byte[]> frame = socket.poll(); frame.isPresent(); frame = socket.poll()) {
            Optional<String> mac = claimant(frame.get()).filter(claimed -> !own.contains(claimed));
            if (mac.isPresent()) {
                return mac;
            }
        }
        return Optional.empty();
    }
}
