// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import io.metalha.node.linux.NetworkLink;
import io.metalha.node.linux.PacketSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** ARP over Ethernet (RFC 826): 14 bytes of Ethernet, 28 of ARP. */
record ArpNeighbours(InetAddress address, NetworkLink link) implements Neighbours {
    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    private static final byte[] NOBODY = new byte[6];
    private static final byte[] NO_ADDRESS = new byte[4];
    private static final short REQUEST = 1;
    private static final short REPLY = 2;
    private static final int FRAME_BYTES = 42;
    private static final int SENDER_MAC = 22;
    private static final int SENDER_ADDRESS = 28;
    private static final int TARGET_ADDRESS = 38;

    @Override
    public int etherType() {
        return PacketSocket.ETHERTYPE_ARP;
    }

    @Override
    public byte[] probe() {
        return frame(REQUEST, NO_ADDRESS, NOBODY);
    }

    /** A request and a reply: some systems learn from one only, some from the other. */
    @Override
    public List<byte[]> announcements() {
        byte[] own = address.getAddress();
        return List.of(frame(REQUEST, own, NOBODY), frame(REPLY, own, BROADCAST));
    }

    @Override
    public Optional<String> claimant(byte[] frame) {
        if (frame.length < FRAME_BYTES) {
            return Optional.empty();
        }
        byte[] own = address.getAddress();
        byte[] sender = Arrays.copyOfRange(frame, SENDER_ADDRESS, SENDER_ADDRESS + 4);
        byte[] target = Arrays.copyOfRange(frame, TARGET_ADDRESS, TARGET_ADDRESS + 4);
        boolean holds = Arrays.equals(sender, own);
        // Another host that probes for the same address at this moment (RFC 5227, 2.1.1).
        boolean wants = Arrays.equals(sender, NO_ADDRESS) && Arrays.equals(target, own);
        return holds || wants
                ? Optional.of(NetworkLink.hardwareText(Arrays.copyOfRange(frame, SENDER_MAC, SENDER_MAC + 6)))
                : Optional.empty();
    }

    private byte[] frame(short operation, byte[] sender, byte[] targetHardware) {
        byte[] mac = link.hardwareBytes();
        ByteBuffer out = ByteBuffer.allocate(FRAME_BYTES);
        out.put(BROADCAST).put(mac).putShort((short) PacketSocket.ETHERTYPE_ARP);
        out.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort(operation);
        out.put(mac).put(sender).put(targetHardware).put(address.getAddress());
        return out.array();
    }
}
