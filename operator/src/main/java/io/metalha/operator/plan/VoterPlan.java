// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.LeaseWitnessSpec;
import io.metalha.api.v1alpha1.MetalClusterSpec;
import io.metalha.api.v1alpha1.MetalClusterSpec.Machine;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voter;
import io.metalha.api.v1alpha1.MetalClusterStatus.Voters;
import io.metalha.api.v1alpha1.VoterRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives voters their numbers and changes the set by one voter at a time (safety rules 2 and 6).
 *
 * <p>Two sets that differ by one voter have majorities that intersect; sets that differ by two need not: from {1,2,3} to
 * {3,4,5} the majorities {1,2} and {4,5} could each grant the same lease. So a step is taken only once every voter that
 * stays says now that it uses the present set and has read what was written under the one before (docs/safety.md, rule 6).
 *
 * <p>One is added only while every voter says so. Story, without: (1) The witness is dead for good, and another is named in its place. (2) The other is
 * added: server1 and server2 are two of four, which is no majority, and every group stops. (3) The new voter, whose store is empty, is
 * admitted by three only, so the dead one is never taken out. Therefore the dead one goes first.
 */
final class VoterPlan {
    /** A voter number is one byte in a packet, and 0 means nobody. */
    static final int NUMBER_MAX = 255;

    private VoterPlan() {}

    /**
     * The next set.
     *
     * @param present  the set in force; null at the first sight of the cluster
     * @param adopted  the set's sequence that each voter that is heard says it has settled in, by name
     * @return the set to publish: the present one where it is right, or where a step is still under way
     */
    static Voters next(MetalClusterSpec spec, @Nullable Voters present, Map<String, Long> adopted) {
        Map<String, VoterRole> wanted = wanted(spec);
        if (present == null) {
            return first(wanted);
        }
        // An object uses whatever set those use that ask it.
        List<Voter> machines = present.voters().stream()
                .filter(voter -> voter.role() != VoterRole.LEASE)
                .toList();
        Predicate<Voter> settles = voter -> adopted.getOrDefault(voter.name(), 0L) >= present.sequence();
        boolean settled = machines.stream()
                .filter(voter -> wanted.containsKey(voter.name()))
                .allMatch(settles);
        if (isReached(spec, present) || !settled) {
            return present;
        }
        boolean whole = machines.stream().allMatch(settles);
        return step(wanted, present, whole);
    }

    static boolean isReached(MetalClusterSpec spec, Voters present) {
        Map<String, VoterRole> named = new LinkedHashMap<>();
        present.voters().forEach(voter -> named.put(voter.name(), voter.role()));
        return named.equals(wanted(spec));
    }

    private static Voters first(Map<String, VoterRole> wanted) {
        var voters = new ArrayList<Voter>();
        wanted.forEach((name, role) -> voters.add(new Voter(name, voters.size() + 1, role)));
        return new Voters(1L, voters.size(), voters);
    }

    /** Additions first while all are well: a set that grows keeps a majority that a set that shrinks may lose. */
    private static Voters step(Map<String, VoterRole> wanted, Voters present, boolean whole) {
        var voters = new ArrayList<>(present.voters());
        Optional<String> added = wanted.keySet().stream()
                .filter(name -> present.voters().stream()
                        .noneMatch(voter -> voter.name().equals(name)))
                .findFirst();
        int highest = present.highestNumber();
        if (whole && added.isPresent() && highest < NUMBER_MAX) {
            highest++;
            voters.add(new Voter(added.get(), highest, wanted.getOrDefault(added.get(), VoterRole.NODE)));
        } else {
            Optional<Voter> leaves = leaves(wanted, present, whole);
            if (leaves.isEmpty()) {
                return present;
            }
            voters.remove(leaves.get());
        }
        return new Voters(present.sequence() + 1, highest, voters);
    }

    /**
     * The Lease before the machines, for keepers refuse a set of which half only stores. It leaves, and one of two machines does, only while
     * all say that they use the set. Story, without: (1) server1 hears nobody but the API server and holds a group with the Lease's
     * vote. (2) The Lease is taken out, then server1, which does not hear of it. (3) server2 is a majority of one and takes the group.
     */
    private static Optional<Voter> leaves(Map<String, VoterRole> wanted, Voters present, boolean whole) {
        return present.voters().stream()
                .filter(voter -> wanted.get(voter.name()) != voter.role())
                .min(Comparator.comparing(voter -> voter.role() != VoterRole.LEASE))
                .filter(voter -> whole
                        || voter.role() != VoterRole.LEASE && present.voters().size() > 2);
    }

    private static Map<String, VoterRole> wanted(MetalClusterSpec spec) {
        var wanted = new LinkedHashMap<String, VoterRole>();
        spec.nodes().stream().map(Machine::name).forEach(name -> wanted.put(name, VoterRole.NODE));
        spec.witnesses().stream().map(Machine::name).forEach(name -> wanted.put(name, VoterRole.WITNESS));
        if (spec.leaseWitness() != null) {
            wanted.put(LeaseWitnessSpec.VOTER, VoterRole.LEASE);
        }
        return wanted;
    }

    static List<Problem> check(MetalClusterSpec spec, @Nullable Voters present) {
        if (present == null) {
            return List.of();
        }
        long fresh = wanted(spec).keySet().stream()
                .filter(name -> present.voters().stream()
                        .noneMatch(voter -> voter.name().equals(name)))
                .count();
        return present.highestNumber() + fresh <= NUMBER_MAX
                ? List.of()
                : List.of(new Problem(
                        "VoterNumbersUsedUp",
                        "every voter number up to 255 was given once, and numbers are never used again:"
                                + " move the groups to a new MetalCluster"));
    }
}
