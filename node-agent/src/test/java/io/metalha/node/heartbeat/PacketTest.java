// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.heartbeat.PacketReader.Verdict;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PacketTest {
    private static final byte[] KEY = new byte[32];
    private static final long CLUSTER = 77;

    /** One keeper's half of a conversation with one other. */
    private static final class End {
        final PacketWriter writer;
        final PacketReader reader;
        final PeerSession peer;

        End(int own, int other, long session, byte[] key) {
            writer = new PacketWriter(own, CLUSTER, own);
            reader = new PacketReader(own, CLUSTER);
            peer = new PeerSession(other, key, session, 2);
        }

        byte[] packet(int path, long now, String... entries) {
            writer.begin(peer, path, now);
            for (String entry : entries) {
                assertTrue(writer.add(entry.getBytes(), 0, entry.length()));
            }
            return Arrays.copyOf(writer.packet(), writer.finish(peer));
        }

        byte[] hello(long toSession) {
            return Arrays.copyOf(writer.packet(), writer.hello(peer, toSession, 0, 1));
        }

        Verdict receive(byte[] packet, int path, long now) {
            System.arraycopy(packet, 0, reader.packet(), 0, packet.length);
            return reader.open(packet.length, new PeerSession[] {peer}, path, now);
        }
    }

    private final End one = new End(1, 2, 111, KEY);
    private final End two = new End(2, 1, 222, KEY);

    private void meet() {
        assertEquals(Verdict.STRANGER, two.receive(one.packet(0, 1), 0, 1));
        assertEquals(Verdict.GOOD_NEW_SESSION, one.receive(two.hello(111), 0, 1));
        assertEquals(Verdict.GOOD_NEW_SESSION, two.receive(one.packet(0, 2), 0, 2));
    }

    @Test
    void strangersMeetInThreePackets() {
        meet();
        assertEquals(Verdict.GOOD, one.receive(two.packet(0, 3), 0, 3));
        assertEquals(222, one.peer.session());
    }

    @Test
    void entriesComeOutAsTheyWentIn() {
        meet();
        assertEquals(Verdict.GOOD, two.receive(one.packet(0, 5, "alpha", "b"), 0, 6));
        assertTrue(two.reader.next());
        assertEquals('a', two.reader.kind());
        assertEquals("alpha", new String(two.reader.packet(), two.reader.entry(), two.reader.entryLength()));
        assertTrue(two.reader.next());
        assertEquals('b', two.reader.kind());
        assertFalse(two.reader.next());
    }

    @Test
    void anEntryThatDoesNotFitIsLeftForTheNextPacket() {
        one.writer.begin(one.peer, 0, 1);
        byte[] half = new byte[PacketLayout.ENTRY_BYTES_MAX / 2];
        assertTrue(one.writer.add(half, 0, half.length));
        assertTrue(one.writer.add(half, 0, half.length - Short.BYTES));
        assertFalse(one.writer.add(half, 0, 1));
        assertEquals(PacketLayout.PACKET_BYTES_MAX, one.writer.finish(one.peer));
    }

    @Test
    void aPacketCountsOnceAPath() {
        meet();
        byte[] packet = one.packet(0, 5);
        assertEquals(Verdict.GOOD, two.receive(packet, 0, 6));
        assertEquals(Verdict.REPLAYED, two.receive(packet, 0, 7));
        byte[] older = one.packet(0, 8);
        assertEquals(Verdict.GOOD, two.receive(one.packet(0, 9), 0, 10));
        assertEquals(Verdict.REPLAYED, two.receive(older, 0, 11));
    }

    @Test
    void theRoundTripLeavesOutWhatThePacketLayThere() {
        meet();
        assertEquals(Verdict.GOOD, one.receive(two.packet(0, 40), 0, 1_000));
        assertEquals(Verdict.GOOD, two.receive(one.packet(0, 1_500), 0, 45 + 500));
        assertEquals(5, two.reader.roundTripNanos());
    }

    @Test
    void aRestartedPeerIsBelievedOnlyAfterItNamedOurSession() {
        meet();
        byte[] oldOne = one.packet(0, 5);
        End again = new End(1, 2, 333, KEY);
        assertEquals(Verdict.STRANGER, two.receive(again.packet(0, 1), 0, 6));
        assertEquals(111, two.peer.session());
        assertEquals(Verdict.GOOD_NEW_SESSION, again.receive(two.hello(333), 0, 7));
        assertEquals(Verdict.GOOD_NEW_SESSION, two.receive(again.packet(0, 2), 0, 8));
        assertEquals(333, two.peer.session());
        // A late or replayed packet of the session before does not turn time back.
        assertEquals(Verdict.REPLAYED, two.receive(oldOne, 0, 9));
        assertEquals(333, two.peer.session());
    }

    @Test
    void nothingForeignPasses() {
        meet();
        byte[] packet = one.packet(0, 5, "alpha");
        for (int at = 0; at < packet.length; at++) {
            byte[] changed = packet.clone();
            changed[at] ^= 1;
            assertFalse(two.receive(changed, 0, 6).isGood(), "byte " + at);
        }
        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        assertEquals(Verdict.FORGED, two.receive(new End(1, 2, 111, otherKey).packet(0, 5), 0, 6));
        assertEquals(Verdict.MALFORMED, two.receive(Arrays.copyOf(packet, 30), 0, 6));
        // Sent back to its sender it is not even for him.
        assertEquals(Verdict.UNKNOWN_PEER, one.receive(packet, 0, 6));
    }
}
