// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

/** Builds one packet after the other in the same array, without allocation. One thread. */
public final class PacketWriter {
    private final int ownNumber;
    private final long clusterHash;
    private final long setNumber;
    private final Seal seal = new Seal();
    private final byte[] packet = new byte[PacketLayout.PACKET_BYTES_MAX];
    private int length;

    /** @param setNumber of the voter set in use here */
    public PacketWriter(int ownNumber, long clusterHash, long setNumber) {
        this.ownNumber = ownNumber;
        this.clusterHash = clusterHash;
        this.setNumber = setNumber;
    }

    /** Begins a packet to the peer's session as far as known. */
    public void begin(PeerSession peer, int path, long nowNanos) {
        header(peer, peer.session(), path, nowNanos);
    }

    private void header(PeerSession peer, long receiverSession, int path, long nowNanos) {
        boolean heard = peer.lastArrivalNanos != 0;
        PacketLayout.i32(packet, 0, PacketLayout.MAGIC);
        PacketLayout.u16(packet, 4, ownNumber);
        PacketLayout.u16(packet, 6, peer.number);
        PacketLayout.i64(packet, 8, clusterHash);
        PacketLayout.i64(packet, 16, peer.ownSession());
        PacketLayout.i64(packet, 24, receiverSession);
        PacketLayout.i64(packet, 32, peer.nextCounter(path));
        PacketLayout.i64(packet, 40, nowNanos);
        PacketLayout.i64(packet, 48, heard ? peer.lastSendNanos : 0);
        PacketLayout.i64(packet, 56, heard ? nowNanos - peer.lastArrivalNanos : 0);
        PacketLayout.i64(packet, 64, setNumber);
        length = PacketLayout.HEADER_BYTES;
    }

    /** Adds an entry; false when it does not fit: finish this packet and begin another. */
    public boolean add(byte[] bytes, int offset, int size) {
        if (size > PacketLayout.ENTRY_BYTES_MAX) {
            throw new IllegalArgumentException("an entry of " + size + " bytes fits no packet");
        }
        if (length + Short.BYTES + size + PacketLayout.MAC_BYTES > PacketLayout.PACKET_BYTES_MAX) {
            return false;
        }
        PacketLayout.u16(packet, length, size);
        System.arraycopy(bytes, offset, packet, length + Short.BYTES, size);
        length += Short.BYTES + size;
        return true;
    }

    public boolean isEmpty() {
        return length == PacketLayout.HEADER_BYTES;
    }

    /** Seals the packet; {@link #packet} then holds so many bytes. */
    public int finish(PeerSession peer) {
        seal.seal(peer.sendKey(), packet, length);
        return length + PacketLayout.MAC_BYTES;
    }

    /** A whole packet without entries to a session of the peer that is not (yet) believed: it proves ours to it. */
    public int hello(PeerSession peer, long toSession, int path, long nowNanos) {
        header(peer, toSession, path, nowNanos);
        PacketLayout.i64(packet, 48, 0);
        PacketLayout.i64(packet, 56, 0);
        seal.seal(peer.key(peer.ownSession(), toSession), packet, length);
        return length + PacketLayout.MAC_BYTES;
    }

    public byte[] packet() {
        return packet;
    }
}
