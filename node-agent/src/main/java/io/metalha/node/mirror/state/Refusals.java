// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.Epoch;
import java.util.Optional;

/**
 * Why a copy must not be joined with its peer, or not become Primary. Each answer is a sentence for a person; empty: it may.
 * Looks at the two copies alone, which is half of safety rule 11: the other half, the voters' record, was asked for the lease.
 */
final class Refusals {
    private Refusals() {}

    /** @param primary whether this side is Primary */
    static String toJoin(Superblock mine, boolean primary, PeerView peer) {
        Handshake.Verdict verdict = Handshake.compare(mine, peer);
        if (verdict instanceof Handshake.Refused(var why)) {
            return why;
        }
        if (verdict instanceof Handshake.SplitBrain) {
            return Handshake.SplitBrain.REASON;
        }
        if (peer.primary() && primary) {
            return "both sides are Primary (epoch " + mine.epoch() + " here, " + peer.epoch() + " there)";
        }
        if (peer.primary() && mine.epoch().isAbove(peer.epoch())) {
            return "the peer is Primary under epoch " + peer.epoch() + ", older than " + mine.epoch();
        }
        if (primary && verdict instanceof Handshake.WeAreOlder) {
            return "the peer claims newer data than this Primary's";
        }
        if (peer.primary() && verdict instanceof Handshake.PeerIsOlder) {
            return "the Primary has older data than this copy";
        }
        return "";
    }

    /**
     * @param peer    while it is connected
     * @param hasPeer whether there is a second copy at all
     */
    static String toPromote(Superblock mine, Optional<PeerView> peer, boolean hasPeer, Epoch epoch) {
        String old = ofEpoch(mine, epoch);
        if (!old.isEmpty()) {
            return old;
        }
        return switch (mine.disk()) {
            case UP_TO_DATE -> isOlder(mine, peer) ? "the peer has newer data" : "";
            case OUTDATED -> "this copy is Outdated: the other copy has newer data";
            case INCONSISTENT -> "this copy is Inconsistent: its resync did not finish";
            case BLANK -> {
                // Asked for before: who holds the lease now was told that a majority recorded it, or nothing.
                boolean asked = mine.proposed() != 0;
                boolean bothNew = peer.map(seen -> Handshake.compare(mine, seen) instanceof Handshake.BothNew)
                        .orElse(false);
                yield !hasPeer || asked || bothNew ? "" : "this copy is new: its peer must be connected, and new too";
            }
        };
    }

    /** On a person's word, which makes an old copy usable, and only as long as no newer one is at hand. */
    static String toForce(Superblock mine, Optional<PeerView> peer, Epoch epoch) {
        String old = ofEpoch(mine, epoch);
        if (!old.isEmpty()) {
            return old;
        }
        return isOlder(mine, peer) ? "the peer, which has newer data, is connected: no force is needed" : "";
    }

    private static String ofEpoch(Superblock mine, Epoch epoch) {
        return mine.epoch().isAbove(epoch)
                ? "epoch " + epoch + " is older than " + mine.epoch() + ", which wrote here"
                : "";
    }

    private static boolean isOlder(Superblock mine, Optional<PeerView> peer) {
        return peer.map(seen -> Handshake.compare(mine, seen) instanceof Handshake.WeAreOlder)
                .orElse(false);
    }
}
