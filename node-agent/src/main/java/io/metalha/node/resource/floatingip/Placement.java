// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.LinkAddress;
import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.RouteSocket;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where a floating IP belongs on this host, and whether it is there.
 *
 * @param link    named in the settings, or the one with an own address in the same subnet
 * @param entry   how it is added: alone (/32, /128) where the interface has an own address of the subnet, so that the
 *                address brings no second subnet route and is never chosen as source by itself
 * @param present as it stands on the host now, with whatever prefix length
 */
record Placement(NetworkLink link, LinkAddress entry, Optional<LinkAddress> present) {
    /** Empty when no interface fits. */
    static Optional<Placement> find(FloatingIpSettings settings, RouteSocket routes) throws IOException {
        return choose(settings, routes.links(), routes.addresses());
    }

    static Optional<Placement> choose(
            FloatingIpSettings settings, List<NetworkLink> links, List<LinkAddress> addresses) {
        Optional<LinkAddress> present = addresses.stream()
                .filter(address -> address.address().equals(settings.address()))
                .findFirst();
        List<LinkAddress> neighbours = addresses.stream()
                .filter(address -> !address.address().equals(settings.address()))
                // Floating addresses of other groups stand alone in their prefix and prove no subnet.
                .filter(address -> address.prefixLength() == settings.prefixLength())
                .filter(address -> address.subnetContains(settings.address()))
                .toList();
        Optional<NetworkLink> link = links.stream()
                .filter(candidate -> settings.interfaceName()
                        .map(candidate.name()::equals)
                        .orElseGet(() -> neighbours.stream().anyMatch(address -> address.link() == candidate.index())))
                .min(Comparator.comparing((NetworkLink candidate) -> !candidate.carrier())
                        .thenComparingInt(NetworkLink::index));
        return link.map(found -> {
            boolean hasSubnet = neighbours.stream().anyMatch(address -> address.link() == found.index());
            int prefix = hasSubnet ? settings.address().getAddress().length * 8 : settings.prefixLength();
            return new Placement(found, new LinkAddress(found.index(), settings.address(), prefix), present);
        });
    }
}
