// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Member;
import io.metalha.operator.plan.OperationChecks.Verdict;
import java.util.List;
import java.util.Optional;

/** Whether ResolveSplitBrain may be handed to the agents: the copy that runs is kept, the other gives way. */
final class SplitBrainChecks {
    private SplitBrainChecks() {}

    static Verdict check(GroupView view, String keep) {
        Optional<Member> active = view.active().filter(member -> member.node().equals(keep));
        if (active.isEmpty()) {
            return new Verdict.Refuse("the copy of %s is to be kept, so the group must run there: %s"
                    .formatted(
                            keep,
                            view.active()
                                    .map(member -> "it runs on " + member.node()
                                            + "; stop it, then use ForceTakeover on " + keep)
                                    .orElse("use ForceTakeover on " + keep + " first")));
        }
        List<Member> losers = view.known().stream()
                .filter(member -> !member.node().equals(keep))
                .filter(member -> member.mirrors().stream().anyMatch(SplitBrainChecks::isDiverged))
                .toList();
        if (losers.isEmpty()) {
            return new Verdict.Refuse(
                    "no other node reports a split brain: bring it back and let the mirrors meet first");
        }
        Member loser = losers.getFirst();
        return new Verdict.Accept(
                keep,
                "%s keeps its copy (%d bytes written apart); the copy of %s (%d bytes written apart) gives way, after the blocks"
                                .formatted(keep, apart(active.get()), loser.node(), apart(loser))
                        + " that differ were saved there");
    }

    private static boolean isDiverged(Member.Mirror mirror) {
        return MirrorWord.of(mirror) == MirrorWord.DIVERGED;
    }

    private static long apart(Member member) {
        return member.mirrors().stream()
                .map(Member.Mirror::outOfSyncBytes)
                .filter(bytes -> bytes != null)
                .mapToLong(Long::longValue)
                .sum();
    }
}
