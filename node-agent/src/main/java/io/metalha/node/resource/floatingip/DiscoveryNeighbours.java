// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.PacketSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** ICMPv6 neighbour discovery over Ethernet: 14 bytes of Ethernet, 40 of IPv6, then the message. */
record DiscoveryNeighbours(InetAddress address, NetworkLink link) implements Neighbours {
    private static final byte[] ALL_NODES = HexFormat.of().parseHex("ff020000000000000000000000000001");
    private static final byte[] UNSPECIFIED = new byte[16];
    private static final byte SOLICITATION = (byte) 135;
    private static final byte ADVERTISEMENT = (byte) 136;
    private static final byte NEXT_HEADER_ICMP6 = 58;
    private static final int OVERRIDE = 0x20000000;
    private static final int SENDER_MAC = 6;
    private static final int SENDER_ADDRESS = 22;
    private static final int TYPE = 54;
    private static final int TARGET = 62;

    @Override
    public int etherType() {
        return PacketSocket.ETHERTYPE_IPV6;
    }

    @Override
    public byte[] probe() {
        ByteBuffer body = ByteBuffer.allocate(24);
        body.put(SOLICITATION).put((byte) 0).putShort((short) 0).putInt(0).put(address.getAddress());
        return frame(UNSPECIFIED, solicitedNode(), body.array());
    }

    @Override
    public List<byte[]> announcements() {
        ByteBuffer body = ByteBuffer.allocate(32);
        body.put(ADVERTISEMENT)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(OVERRIDE)
                .put(address.getAddress());
        body.put((byte) 2).put((byte) 1).put(link.hardwareBytes());
        return List.of(frame(address.getAddress(), ALL_NODES, body.array()));
    }

    @Override
    public Optional<String> claimant(byte[] frame) {
        if (frame.length < TARGET + 16
                || !Arrays.equals(Arrays.copyOfRange(frame, TARGET, TARGET + 16), address.getAddress())) {
            return Optional.empty();
        }
        byte type = frame[TYPE];
        boolean holds = type == ADVERTISEMENT;
        boolean wants = type == SOLICITATION
                && Arrays.equals(Arrays.copyOfRange(frame, SENDER_ADDRESS, SENDER_ADDRESS + 16), UNSPECIFIED);
        return holds || wants
                ? Optional.of(NetworkLink.hardwareText(Arrays.copyOfRange(frame, SENDER_MAC, SENDER_MAC + 6)))
                : Optional.empty();
    }

    /** ff02::1:ff and the address's last three bytes (RFC 4291, 2.7.1). */
    private byte[] solicitedNode() {
        byte[] group = HexFormat.of().parseHex("ff0200000000000000000001ff000000");
        System.arraycopy(address.getAddress(), 13, group, 13, 3);
        return group;
    }

    private byte[] frame(byte[] from, byte[] to, byte[] message) {
        ByteBuffer out = ByteBuffer.allocate(54 + message.length);
        out.putShort((short) 0x3333).put(to, 12, 4).put(link.hardwareBytes());
        out.putShort((short) PacketSocket.ETHERTYPE_IPV6);
        // Neighbour discovery is believed with hop limit 255 only: nothing from beyond the link can have that.
        out.putInt(0x60000000)
                .putShort((short) message.length)
                .put(NEXT_HEADER_ICMP6)
                .put((byte) 255);
        out.put(from).put(to).put(message);
        out.putShort(TYPE + 2, checksum(from, to, message));
        return out.array();
    }

    /** The Internet checksum over the pseudo header and the message (RFC 8200, 8.1). */
    private static short checksum(byte[] from, byte[] to, byte[] message) {
        ByteBuffer in = ByteBuffer.allocate(40 + message.length);
        in.put(from)
                .put(to)
                .putInt(message.length)
                .putInt(NEXT_HEADER_ICMP6)
                .put(message)
                .flip();
        int sum = 0;
        while (in.remaining() >= 2) {
            sum += in.getShort() & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
