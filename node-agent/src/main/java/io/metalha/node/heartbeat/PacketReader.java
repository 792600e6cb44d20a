// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

/**
 * Judges a received packet, then walks through its entries. Allocates nothing for packets of the current pair of
 * sessions. One thread.
 *
 * <pre>
 *   if (reader.open(length, peers, path, now).isGood()) {
 *       while (reader.next()) { … reader.kind(), reader.entry(), reader.entryLength() … }
 *   }
 * </pre>
 */
public final class PacketReader {
    /** What a packet turned out to be. */
    public enum Verdict {
        /** Of the current sessions, and new. */
        GOOD,
        /** As {@link #GOOD}, and the first of a new session of the peer. */
        GOOD_NEW_SESSION,
        /** Well sealed, but its sender does not know our session: answer with {@link PacketWriter#hello}. */
        STRANGER,
        /** Not a packet of this format. */
        MALFORMED,
        OTHER_CLUSTER,
        /** From a number that is no peer, or to another than us. */
        UNKNOWN_PEER,
        /** The seal is not made with the cluster's key. */
        FORGED,
        /** Its counter came before, or its session was left. */
        REPLAYED;

        public boolean isGood() {
            return this == GOOD || this == GOOD_NEW_SESSION;
        }
    }

    private final int ownNumber;
    private final long clusterHash;
    private final Seal seal = new Seal();
    private final byte[] packet = new byte[PacketLayout.PACKET_BYTES_MAX];
    private int end; // of the entries
    private int entry;
    private int entryLength;
    private int peerIndex;
    private long roundTripNanos;

    public PacketReader(int ownNumber, long clusterHash) {
        this.ownNumber = ownNumber;
        this.clusterHash = clusterHash;
    }

    /** Where to put the received bytes. */
    public byte[] packet() {
        return packet;
    }

    public Verdict open(int length, PeerSession[] peers, int path, long nowNanos) {
        end = length - PacketLayout.MAC_BYTES;
        entry = PacketLayout.HEADER_BYTES;
        entryLength = -Short.BYTES; // so that the first entry begins behind the header
        if (length > packet.length
                || end < PacketLayout.HEADER_BYTES
                || PacketLayout.i32(packet, 0) != PacketLayout.MAGIC) {
            return Verdict.MALFORMED;
        }
        if (PacketLayout.i64(packet, 8) != clusterHash) {
            return Verdict.OTHER_CLUSTER;
        }
        peerIndex = -1;
        int sender = PacketLayout.u16(packet, 4);
        for (int i = 0; i < peers.length; i++) {
            if (peers[i].number == sender) {
                peerIndex = i;
            }
        }
        if (peerIndex < 0 || PacketLayout.u16(packet, 6) != ownNumber) {
            return Verdict.UNKNOWN_PEER;
        }
        return judge(peers[peerIndex], path, nowNanos);
    }

    private Verdict judge(PeerSession peer, int path, long nowNanos) {
        long senderSession = senderSession();
        long receiverSession = PacketLayout.i64(packet, 24);
        boolean current = senderSession == peer.session() && receiverSession == peer.ownSession();
        PairKey key = current ? peer.receiveKey() : peer.key(senderSession, receiverSession);
        if (senderSession == 0 || !seal.isSealed(key, packet, end)) {
            return Verdict.FORGED;
        }
        if (peer.wasLeft(senderSession)) {
            return Verdict.REPLAYED;
        }
        if (receiverSession != peer.ownSession()) {
            return Verdict.STRANGER;
        }
        if (!current) {
            peer.adopt(senderSession);
        }
        if (!peer.isNew(path, PacketLayout.i64(packet, 32))) {
            return Verdict.REPLAYED;
        }
        note(peer, nowNanos);
        return current ? Verdict.GOOD : Verdict.GOOD_NEW_SESSION;
    }

    private void note(PeerSession peer, long nowNanos) {
        // Only the newest is echoed: an older one, come by a slower path, would only make the round trip look longer.
        if (sendNanos() >= peer.lastSendNanos) {
            peer.lastSendNanos = sendNanos();
            peer.lastArrivalNanos = nowNanos;
        }
        long echo = PacketLayout.i64(packet, 48);
        roundTripNanos = echo == 0 ? -1 : Math.max(0, nowNanos - echo - PacketLayout.i64(packet, 56));
    }

    /** Place of the sender in the list given to {@link #open}. */
    public int peerIndex() {
        return peerIndex;
    }

    public long senderSession() {
        return PacketLayout.i64(packet, 16);
    }

    /** Of the voter set that the sender uses. */
    public long setNumber() {
        return PacketLayout.i64(packet, 64);
    }

    /** By the sender's clock. */
    public long sendNanos() {
        return PacketLayout.i64(packet, 40);
    }

    /** Of the last packet of ours that the sender had, less what it lay there; -1 when it had none. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /** Goes to the next entry; false at the end, also at the first one that does not fit (its sender is newer or ill). */
    public boolean next() {
        int at = entryLength < 0 ? PacketLayout.HEADER_BYTES : entry + entryLength;
        if (at + Short.BYTES >= end) {
            return false;
        }
        int size = PacketLayout.u16(packet, at);
        if (size == 0 || at + Short.BYTES + size > end) {
            return false;
        }
        entry = at + Short.BYTES;
        entryLength = size;
        return true;
    }

    public byte kind() {
        return packet[entry];
    }

    /** Where the entry begins in {@link #packet}, with its kind. */
    public int entry() {
        return entry;
    }

    public int entryLength() {
        return entryLength;
    }
}
