// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.floatingip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.linux.NetworkLink;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Frames as the RFCs have them, byte by byte. */
class NeighboursTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final NetworkLink OURS = new NetworkLink(2, "eth0", "02:00:00:00:00:01", true, true);
    private static final NetworkLink THEIRS = new NetworkLink(2, "eth0", "02:00:00:00:00:99", true, true);
    private static final InetAddress FOUR = InetAddress.ofLiteral("198.18.10.50");
    private static final InetAddress SIX = InetAddress.ofLiteral("fd00::50");

    @Test
    void arpProbeNamesNoSender() {
        assertEquals(
                "ffffffffffff" + "020000000001" + "0806" + "0001080006040001" + "020000000001" + "00000000"
                        + "000000000000" + "c6120a32",
                HEX.formatHex(new ArpNeighbours(FOUR, OURS).probe()));
    }

    @Test
    void announcementOfAnotherIsAClaimAndOursIsTold() {
        for (InetAddress address : new InetAddress[] {FOUR, SIX}) {
            Neighbours ours = Neighbours.of(address, OURS);
            Neighbours theirs = Neighbours.of(address, THEIRS);
            for (byte[] frame : theirs.announcements()) {
                assertEquals(Optional.of(THEIRS.hardware()), ours.claimant(frame));
            }
            assertEquals(Optional.of(THEIRS.hardware()), ours.claimant(theirs.probe()), "probes for it just now");
        }
    }

    @Test
    void othersAddressesAreNoClaim() {
        InetAddress other = InetAddress.ofLiteral("198.18.10.51");
        Neighbours ours = Neighbours.of(FOUR, OURS);
        assertEquals(
                Optional.empty(),
                ours.claimant(new ArpNeighbours(other, THEIRS).announcements().getFirst()));
        assertEquals(Optional.empty(), ours.claimant(new byte[10]));
    }

    @Test
    void advertisementCarriesAValidChecksum() {
        byte[] frame = new DiscoveryNeighbours(SIX, OURS).announcements().getFirst();
        int sum = 58 + (frame.length - 54);
        for (int i = 22; i + 1 < frame.length; i += 2) {
            sum += (frame[i] & 0xff) << 8 | frame[i + 1] & 0xff;
        }
        assertEquals(0xffff, (sum & 0xffff) + (sum >>> 16));
    }
}
