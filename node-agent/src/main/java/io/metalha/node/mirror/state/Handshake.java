// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares two copies by their generation identifiers, after the table of the DRBD user's guide ("The replication
 * handshake"). Symmetric: both sides come to the mirrored verdict.
 */
public final class Handshake {
    private Handshake() {}

    /** What two copies are to each other. */
    public sealed interface Verdict {}

    /** Neither ever held data. */
    public record BothNew() implements Verdict {}

    /** The same generation; blocks that either side's bitmap marks may differ. */
    public record Equal() implements Verdict {}

    /** The peer lacks what this side's bitmap marks, or all of it where {@code full}. */
    public record PeerIsOlder(boolean full) implements Verdict {}

    /** This side lacks what the peer's bitmap marks, or all of it where {@code full}. */
    public record WeAreOlder(boolean full) implements Verdict {}

    /**
     * Both were written to without the other: they must not be joined.
     *
     * @param base newest generation since which each side's bitmap marks its own writes; empty where everything may differ
     */
    public record SplitBrain(Optional<Long> base) implements Verdict {
        public static final String REASON = "split brain: both copies were written to without the other";
    }

    /** They must not be joined. */
    public record Refused(String reason) implements Verdict {}

    public static Verdict compare(Superblock mine, PeerView peer) {
        if (mine.copy().equals(peer.copy())) {
            return new Refused("the peer shows the id of this very copy: one device is a copy of the other's bytes");
        }
        boolean meNew = mine.generations().current() == 0;
        boolean peerNew = peer.generations().current() == 0;
        boolean sameData = mine.data().equals(peer.data()) || mine.isBlank() || peer.disk() == DiskState.BLANK;
        if (!sameData) {
            return new Refused("the peer holds other data (" + peer.data() + ", here " + mine.data() + ")");
        }
        if (meNew && peerNew) {
            return new BothNew();
        }
        if (peerNew) {
            return peer.sizeBytes() < mine.sizeBytes()
                    ? new Refused("the peer's device is too small: " + peer.sizeBytes() + " of " + mine.sizeBytes()
                            + " bytes")
                    : new PeerIsOlder(true);
        }
        if (meNew) {
            return mine.sizeBytes() < peer.sizeBytes()
                    ? new Refused(
                            "this device is too small: " + mine.sizeBytes() + " of " + peer.sizeBytes() + " bytes")
                    : new WeAreOlder(true);
        }
        if (mine.sizeBytes() != peer.sizeBytes()) {
            return new Refused(
                    "the copies differ in size: " + mine.sizeBytes() + " here, " + peer.sizeBytes() + " there");
        }
        return byGenerations(mine.generations(), peer.generations());
    }

    private static Verdict byGenerations(Generations mine, Generations peer) {
        if (mine.current() == peer.current()) {
            return new Equal();
        }
        boolean theyLackOurs = mine.bases().contains(peer.current());
        boolean weLackTheirs = peer.bases().contains(mine.current());
        if (theyLackOurs != weLackTheirs) {
            return theyLackOurs ? new PeerIsOlder(false) : new WeAreOlder(false);
        }
        boolean theyAreHistory = mine.history().contains(peer.current());
        boolean weAreHistory = peer.history().contains(mine.current());
        if (!theyLackOurs && theyAreHistory != weAreHistory) {
            return theyAreHistory ? new PeerIsOlder(true) : new WeAreOlder(true);
        }
        Set<Long> common = ancestors(mine);
        common.retainAll(ancestors(peer));
        return common.isEmpty()
                ? new Refused("the copies have no generation in common: unrelated data")
                : new SplitBrain(
                        mine.bases().stream().filter(peer.bases()::contains).findFirst());
    }

    private static Set<Long> ancestors(Generations generations) {
        Set<Long> all = new HashSet<>(List.of(generations.current()));
        all.addAll(generations.bases());
        all.addAll(generations.history());
        return all;
    }
}
