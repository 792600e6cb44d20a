// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.util.HexFormat;
import java.util.Objects;

/**
 * A network interface as the kernel shows it.
 *
 * @param hardware the MAC address as aa:bb:cc:dd:ee:ff, empty for links that have none
 * @param ethernet speaks Ethernet, so ARP and neighbour discovery make sense on it
 * @param carrier  set up and the cable carries (IFF_UP and IFF_LOWER_UP)
 */
public record NetworkLink(int index, String name, String hardware, boolean ethernet, boolean carrier) {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    public NetworkLink {
        Objects.requireNonNull(name);
    }

    public byte[] hardwareBytes() {
        return COLONS.parseHex(hardware);
    }

    public static String hardwareText(byte[] mac) {
        return COLONS.formatHex(mac);
    }
}
