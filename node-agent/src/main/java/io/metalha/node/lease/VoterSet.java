// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.VoterId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A numbered set of voters (safety rule 6). Each set differs from the one before by one voter, so majorities of the two meet.
 *
 * <p>Story, without: from {1,2,3} straight to {3,4,5} the majorities {1,2} and {4,5} grant one lease each.
 *
 * @param number 0: none is known, or the set is never changed
 */
public record VoterSet(long number, List<VoterId> voters) {
    public static final VoterSet NONE = new VoterSet(0, List.of());

    public VoterSet {
        voters = voters.stream().distinct().sorted().toList();
    }

    /** Why this set may not be used by one who used {@code before} last; empty when it may. */
    public String objection(VoterSet before) {
        if (before.number == 0) {
            return "";
        }
        if (number < before.number) {
            return "voter set " + number + " is older than " + before.number + ", which was used here";
        }
        if (number == before.number) {
            return voters.equals(before.voters) ? "" : "voter set " + number + " had other voters: " + before.voters;
        }
        if (number > before.number + 1) {
            return "voter set " + number + " leaves out those between " + before.number + " and it";
        }
        Set<VoterId> added = new HashSet<>(voters);
        before.voters.forEach(added::remove);
        Set<VoterId> removed = new HashSet<>(before.voters);
        voters.forEach(removed::remove);
        return added.size() + removed.size() <= 1
                ? ""
                : "voter set " + number + " differs from the one before by more than one voter: " + before.voters
                        + " became " + voters;
    }

    /**
     * Whether one who uses the set {@code own} takes what another says under the set {@code theirs}. A renewal tells only that a grant
     * goes on, which holds in neighbouring sets alike, and a running service outlives the change by it. Everything else is for one's own
     * set: what a candidate reads or writes counts towards a majority of that.
     */
    static boolean hears(long own, long theirs, boolean renewal) {
        return renewal ? Math.abs(own - theirs) <= 1 : own == theirs;
    }
}
