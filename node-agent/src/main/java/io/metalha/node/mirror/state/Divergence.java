// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A split brain as this side last met it, and how this side gives way to the other on a person's word: its blocks are saved
 * first, and only if nothing has changed until that is done does the copy count as old, so that an ordinary resync follows.
 *
 * <p>What may be thrown away was looked at when it was asked for. So whatever happens between the two, another winner, another
 * base, a promotion of this copy, ends the giving way.
 */
final class Divergence {
    /** The other side; null while none was met, or the two met well since. */
    private @Nullable PeerView other;

    private @Nullable Yielding yielding;

    /** Blocks are being saved for a resync from {@code winner}. */
    private record Yielding(String request, UUID winner, Optional<Long> base) {}

    /** @param next this copy's superblock from now on; the same as before unless it gave way */
    record Ending(Superblock next, Effect.Answer answer) {}

    boolean isMet() {
        return other != null;
    }

    /** The peer was met, whether the two may be joined or not. */
    void met(Superblock mine, PeerView peer) {
        other = Handshake.compare(mine, peer) instanceof Handshake.SplitBrain ? peer : null;
    }

    /** A person lets the other side win. */
    Effect giveWay(String request, Superblock mine, boolean primary) {
        String refusal = yielding != null ? "its blocks are being saved already" : refusal(primary);
        if (!refusal.isEmpty() || other == null) {
            return answer(request, false, refusal);
        }
        yielding = new Yielding(request, other.copy(), base(mine, other));
        return new Effect.SaveBlocks(yielding.base().isEmpty());
    }

    /** What follows from the saving, unless nobody waits for it any more. */
    Optional<Ending> saved(Event.Saved e, Superblock mine, boolean primary) {
        if (yielding == null) {
            return Optional.empty();
        }
        Yielding asked = yielding;
        yielding = null;
        boolean same = other != null
                && other.copy().equals(asked.winner())
                && base(mine, other).equals(asked.base());
        String refusal = !e.ok() ? e.said() : same ? refusal(primary) : "the other side changed meanwhile: ask again";
        if (!refusal.isEmpty()) {
            return Optional.of(new Ending(mine, answer(asked.request(), false, refusal)));
        }
        other = null;
        return Optional.of(new Ending(mine.yielded(asked.base()), answer(asked.request(), true, e.said())));
    }

    /** This copy becomes Primary: it does not give way any more. */
    Optional<Effect> promoted() {
        Optional<Effect> ended =
                Optional.ofNullable(yielding).map(y -> answer(y.request(), false, "this copy was promoted meanwhile"));
        yielding = null;
        return ended;
    }

    /**
     * Only the side that does not run gives way, and only to one that runs: what runs is the copy that the voters have recorded. Story,
     * without: (1) both sides stand by, a person lets this one give way, and it is marked old. (2) The other, which the record lists as
     * outdated, may not start; nor may this one any more.
     */
    private String refusal(boolean primary) {
        if (primary) {
            return "this copy is the running one: name its node as the one to keep, and the other copy gives way";
        }
        if (other == null) {
            return "no split brain was met since this mirror began: the other side must be reachable";
        }
        return other.primary() ? "" : "the copy to keep does not run: start the group there first (ForceTakeover)";
    }

    private static Optional<Long> base(Superblock mine, PeerView winner) {
        return Handshake.compare(mine, winner) instanceof Handshake.SplitBrain(var base) ? base : Optional.empty();
    }

    private static Effect.Answer answer(String request, boolean ok, String why) {
        return new Effect.Answer(request, "yielded", ok, why);
    }
}
