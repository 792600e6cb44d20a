// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.util.Comparator;

/**
 * A group's fencing token: grows with each takeover, travels with every command. A Paxos ballot: a counter, and the
 * number of the voter that proposed it, so that no two candidates ever use the same one (safety rule 2).
 *
 * @param counter 0 for {@link #NONE} only, else 1 or more
 * @param voter   number of the proposing voter, 0 for {@link #NONE} only
 */
public record Epoch(long counter, int voter) implements Comparable<Epoch> {
    /** Below every epoch ever held. */
    public static final Epoch NONE = new Epoch(0, 0);

    private static final Comparator<Epoch> ORDER =
            Comparator.comparingLong(Epoch::counter).thenComparingInt(Epoch::voter);

    public Epoch {
        if (counter < 0 || voter < 0 || voter > VoterId.MAX || (counter == 0) != (voter == 0)) {
            throw new IllegalArgumentException("no epoch: " + counter + "." + voter);
        }
    }

    /** The smallest epoch of {@code voter} above this one. */
    public Epoch next(VoterId voter) {
        return new Epoch(Math.addExact(counter, 1), voter.number());
    }

    /** Reads what {@link #toString} wrote. */
    public static Epoch parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1) {
            throw new IllegalArgumentException("an epoch reads COUNTER.VOTER, not '" + text + "'");
        }
        return new Epoch(Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }

    public boolean isAbove(Epoch other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Epoch other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return counter + "." + voter;
    }
}
