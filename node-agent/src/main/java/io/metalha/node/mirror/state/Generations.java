// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import java.util.ArrayList;
import java.util.List;

/**
 * A copy's generation identifiers, after DRBD's: random numbers that name states of the data.
 *
 * <p>Invariant: the dirty bitmap marks every block written since any of {@code bases}. DRBD keeps one bitmap identifier;
 * here there may be several, because a resync whose last message was lost leaves the peer at one of two generations, and
 * the bitmap is good for both.
 *
 * @param current 0 while the copy never held data
 * @param bases   newest first, at most {@value #BASES_MAX}; empty while no other copy is known to lack anything
 * @param history former generations, newest first, at most {@value #HISTORY_MAX}
 */
public record Generations(long current, List<Long> bases, List<Long> history) {
    public static final int BASES_MAX = 4;
    public static final int HISTORY_MAX = 8;
    public static final Generations BLANK = new Generations(0, List.of(), List.of());

    public Generations {
        bases = List.copyOf(bases);
        history = List.copyOf(history);
        if (bases.size() > BASES_MAX || history.size() > HISTORY_MAX) {
            throw new IllegalArgumentException("too many generation identifiers");
        }
    }

    /** Writes will follow that the peer, which may be at {@code current}, does not get. */
    public Generations goAlone(long next) {
        List<Long> newBases = new ArrayList<>(bases);
        List<Long> newHistory = new ArrayList<>(history);
        newBases.addFirst(current);
        if (newBases.size() > BASES_MAX) {
            // The oldest is what an absent peer most surely has; one that was at a middle state is copied in full.
            newHistory.addFirst(newBases.remove(BASES_MAX - 1));
        }
        return new Generations(next, newBases, trimmed(newHistory));
    }

    /** The peer has everything, durably, and knows it. */
    public Generations shared() {
        List<Long> newHistory = new ArrayList<>(bases);
        newHistory.addAll(history);
        return new Generations(current, List.of(), trimmed(newHistory));
    }

    /** This copy was made equal to a peer's at {@code source}. */
    public Generations adopt(Generations source) {
        List<Long> newHistory = new ArrayList<>(source.bases);
        newHistory.addAll(source.history);
        if (current != 0 && !newHistory.contains(current)) {
            newHistory.addFirst(current);
        }
        return new Generations(source.current, List.of(), trimmed(newHistory));
    }

    private static List<Long> trimmed(List<Long> history) {
        return history.size() > HISTORY_MAX ? history.subList(0, HISTORY_MAX) : history;
    }
}
