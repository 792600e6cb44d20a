// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import java.util.List;

/**
 * @param self   this voter; must be one of {@code voters}
 * @param voters the voter set, 1 to {@value #VOTERS_MAX}, the same list at every voter
 * @param timing the cluster's timers
 */
public record LeaseConfig(VoterId self, List<VoterId> voters, Timing timing) {
    public static final int VOTERS_MAX = 64;

    public LeaseConfig {
        voters = voters.stream().distinct().sorted().toList();
        if (!voters.contains(self) || voters.size() > VOTERS_MAX) {
            throw new IllegalArgumentException(self + " must be one of at most " + VOTERS_MAX + " voters: " + voters);
        }
    }

    /** More than half: {@code ⌊n/2⌋ + 1}. */
    public int majority() {
        return voters.size() / 2 + 1;
    }
}
