// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.linux.LinkAddress;
import io.metalha.node.linux.NetworkLink;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The right interface by subnet, and the right way onto it. */
class PlacementTest {
    private static final NetworkLink PUBLIC = new NetworkLink(2, "eth0", "02:00:00:00:00:01", true, true);
    private static final NetworkLink PRIVATE = new NetworkLink(3, "eth1", "02:00:00:00:00:02", true, true);
    private static final NetworkLink UNPLUGGED = new NetworkLink(1, "eth9", "02:00:00:00:00:03", true, false);
    private static final List<NetworkLink> LINKS = List.of(UNPLUGGED, PUBLIC, PRIVATE);

    @Test
    void interfaceIsTheOneWithAnOwnAddressInTheSubnet() {
        var addresses = List.of(at(2, "198.18.10.11", 24), at(3, "198.18.20.11", 24));
        Placement placement = choose("198.18.20.50/24", addresses).orElseThrow();
        assertEquals(PRIVATE, placement.link());
        assertEquals(at(3, "198.18.20.50", 32), placement.entry(), "alone, beside the interface's own address");
        assertTrue(placement.present().isEmpty());
    }

    @Test
    void interfaceWithCarrierIsPreferred() {
        var addresses = List.of(at(1, "198.18.10.9", 24), at(2, "198.18.10.11", 24));
        assertEquals(PUBLIC, choose("198.18.10.50/24", addresses).orElseThrow().link());
    }

    @Test
    void otherFloatingAddressesProveNoSubnet() {
        assertTrue(choose("198.18.10.50/24", List.of(at(2, "198.18.10.51", 32))).isEmpty());
        assertTrue(choose("198.18.10.50/24", List.of(at(2, "198.18.10.50", 24))).isEmpty(), "nor does it itself");
    }

    @Test
    void namedInterfaceWithoutTheSubnetGetsTheWholePrefix() {
        Placement placement = Placement.choose(
                        FloatingIpSettings.parse("fd00:9::50/64", Optional.of("eth1")),
                        LINKS,
                        List.of(at(2, "198.18.10.11", 24)))
                .orElseThrow();
        assertEquals(at(3, "fd00:9::50", 64), placement.entry());
    }

    @Test
    void presenceIsSeenWithAnyPrefixAnywhere() {
        var addresses = List.of(at(2, "198.18.10.11", 24), at(3, "198.18.10.50", 24));
        assertEquals(
                Optional.of(at(3, "198.18.10.50", 24)),
                choose("198.18.10.50/24", addresses).orElseThrow().present());
    }

    @Test
    void namesAndNonsenseAreRefusedWithTheRightForm() {
        for (String wrong : List.of("198.18.10.50", "example.org/24", "198.18.10.50/33", "/24", "198.18.10.50/x")) {
            assertThrows(
                    IllegalArgumentException.class, () -> FloatingIpSettings.parse(wrong, Optional.empty()), wrong);
        }
    }

    private static Optional<Placement> choose(String cidr, List<LinkAddress> addresses) {
        return Placement.choose(FloatingIpSettings.parse(cidr, Optional.empty()), LINKS, addresses);
    }

    private static LinkAddress at(int link, String address, int prefix) {
        return new LinkAddress(link, InetAddress.ofLiteral(address), prefix);
    }
}
