// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.net.InetAddress;

/** An address on a network interface, by the interface's index. */
public record LinkAddress(int link, InetAddress address, int prefixLength) {
    public LinkAddress {
        if (prefixLength < 0 || prefixLength > address.getAddress().length * 8) {
            throw new IllegalArgumentException(
                    "no prefix length for " + address.getHostAddress() + ": " + prefixLength);
        }
    }

    /** Whether the other address lies in this one's subnet. */
    public boolean subnetContains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefixLength; bit++) {
            if (((mine[bit / 8] ^ theirs[bit / 8]) & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }
}
