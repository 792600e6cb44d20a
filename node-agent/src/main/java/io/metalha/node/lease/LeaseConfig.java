// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * @param self    this voter; must be one of {@code voters}
 * @param voters  the voter set, 1 to {@value #VOTERS_MAX}, the same list at every voter
 * @param timing  the cluster's timers
 * @param passive those of the voters that only store, and for how long each grants
 * @param setNumber of the voter set, see {@link VoterSet}
 */
public record LeaseConfig(
        VoterId self, List<VoterId> voters, Timing timing, Map<VoterId, Duration> passive, long setNumber) {
    public static final int VOTERS_MAX = 64;

    public LeaseConfig {
        voters = voters.stream().distinct().sorted().toList();
        passive = Map.copyOf(passive);
        if (!voters.contains(self) || voters.size() > VOTERS_MAX) {
            throw new IllegalArgumentException(self + " must be one of at most " + VOTERS_MAX + " voters: " + voters);
        }
        if (passive.containsKey(self) || !voters.containsAll(passive.keySet())) {
            throw new IllegalArgumentException(passive + " must be others of " + voters);
        }
        if (2 * passive.size() >= voters.size()) {
            throw new IllegalArgumentException("voters that only store must be fewer than those that run: " + passive);
        }
    }

    public LeaseConfig(VoterId self, VoterSet set, Timing timing) {
        this(self, set.voters(), timing, Map.of(), set.number());
    }

    public LeaseConfig(VoterId self, List<VoterId> voters, Timing timing) {
        this(self, voters, timing, Map.of(), 0);
    }

    public LeaseConfig(VoterId self, List<VoterId> voters, Timing timing, Map<VoterId, Duration> passive) {
        this(self, voters, timing, passive, 0);
    }

    /** More than half: {@code ⌊n/2⌋ + 1}. */
    public int majority() {
        return voters.size() / 2 + 1;
    }

    /** What this voter grants. */
    Duration leaseOf(VoterId voter) {
        return passive.getOrDefault(voter, timing.lease());
    }

    /**
     * How long a candidate waits for a majority's answers. A voter that only stores is written to through an API server, which takes longer
     * than a packet; a fifth of its grant is what its client spends on one request at most.
     */
    Duration round() {
        Duration round = timing.lease().dividedBy(2);
        for (Duration lease : passive.values()) {
            Duration written = lease.dividedBy(5);
            round = round.compareTo(written) < 0 ? written : round;
        }
        return round;
    }
}
