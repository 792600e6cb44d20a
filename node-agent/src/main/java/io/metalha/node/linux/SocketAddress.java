// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/** An IP address and port as struct sockaddr_in or sockaddr_in6, made once and used for every packet. */
public final class SocketAddress {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    final MemorySegment segment;
    final int family;

    public SocketAddress(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            throw new IllegalArgumentException(address + " is a name; heartbeat paths are given as IP addresses");
        }
        byte[] bytes = ip.getAddress();
        family = bytes.length == 4 ? AF_INET : AF_INET6;
        segment = Arena.ofAuto().allocate(family == AF_INET ? 16 : 28, 8);
        segment.set(ValueLayout.JAVA_SHORT, 0, (short) family);
        segment.set(PORT, 2, (short) address.getPort());
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, family == AF_INET ? 4 : 8, bytes.length);
        if (ip instanceof Inet6Address six) {
            segment.set(ValueLayout.JAVA_INT, 24, six.getScopeId());
        }
    }
}
