// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a floating IP is made of.
 *
 * @param prefixLength   of its subnet, which finds the interface
 * @param interfaceName  overrides the search by subnet
 */
public record FloatingIpSettings(InetAddress address, int prefixLength, Optional<String> interfaceName) {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    public FloatingIpSettings {
        if (prefixLength < 1 || prefixLength > address.getAddress().length * 8) {
            throw new IllegalArgumentException(
                    "no prefix length for " + address.getHostAddress() + ": " + prefixLength);
        }
    }

    /** From {@code 198.18.10.50/24} or {@code fd00:1::50/64}. Names are never looked up. */
    public static FloatingIpSettings parse(String cidr, Optional<String> interfaceName) {
        int slash = cidr.indexOf('/');
        if (slash < 1 || !LITERAL.matcher(cidr.substring(0, slash)).matches()) {
            throw new IllegalArgumentException(
                    "a floating IP reads ADDRESS/PREFIX, as 198.18.10.50/24, not '" + cidr + "'");
        }
        try {
            InetAddress address = InetAddress.getByName(cidr.substring(0, slash));
            return new FloatingIpSettings(address, Integer.parseInt(cidr.substring(slash + 1)), interfaceName);
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "a floating IP reads ADDRESS/PREFIX, as 198.18.10.50/24, not '" + cidr + "'", e);
        }
    }

    public String text() {
        return address.getHostAddress();
    }
}
