// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Member;
import java.time.Duration;
import java.time.Instant;

/**
 * When a deleted group may vanish.
 *
 * <p>Absence is not deletion (safety rule 22): an agent stops a group only when it sees the deletion. Were the object gone
 * before the agent of a dead server saw it, that server would come back with the group in its memory and start it. So the
 * finalizer stays until every member says Stopped.
 */
public final class Deletion {
    /** A member that still says Standby so long after, and reports, has seen the deletion and had nothing to stop. */
    private static final Duration STANDBY_SAW_IT = Duration.ofSeconds(20);

    private Deletion() {}

    public static boolean isOver(GroupFacts facts) {
        ClusterGroupStatus status = facts.group().getStatus();
        if (status == null || status.acceptedGeneration() == null) {
            return true;
        }
        var view = new GroupView(facts);
        return status.members().stream().allMatch(member -> view.known(member) && hasStopped(facts, member));
    }

    private static boolean hasStopped(GroupFacts facts, Member member) {
        return switch (GroupView.roleOf(member)) {
            case STOPPED -> true;
            case STANDBY -> age(facts).compareTo(STANDBY_SAW_IT) > 0;
            case ACTIVE, STARTING, STOPPING, FAILED, UNKNOWN -> false;
        };
    }

    private static Duration age(GroupFacts facts) {
        String deleted = facts.group().getMetadata().getDeletionTimestamp();
        return deleted == null ? Duration.ZERO : Duration.between(Instant.parse(deleted), facts.now());
    }
}
