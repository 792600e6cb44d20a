// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Member;
import io.metalha.operator.plan.OperationChecks.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * Whether ForceTakeover may be handed to the agent that it names. The operator sees reports, which may be old: it refuses what is plainly
 * needless; the agent asks a majority for the record before it forces anything.
 */
final class ForceChecks {
    private ForceChecks() {}

    static Verdict check(GroupView view, String node) {
        Optional<Member> active = view.active();
        if (active.isPresent()) {
            return new Verdict.Refuse("the group runs on " + active.get().node()
                    + ": a stale copy is never put in the place of a running one");
        }
        List<String> standby = view.standby().stream().map(Member::node).toList();
        if (!standby.isEmpty()) {
            return new Verdict.Refuse(
                    "%s can take the group over now with an up-to-date copy: no force is needed, use Start"
                            .formatted(String.join(", ", standby)));
        }
        Optional<Member> taker = view.member(node);
        if (taker.isEmpty() || !view.known(taker.get())) {
            return new Verdict.Refuse(node + " does not report, so nobody can start the group there: use metalha-agent"
                    + " force-takeover on the server itself");
        }
        Optional<Member.Mirror> unusable = taker.get().mirrors().stream()
                .filter(mirror -> !isUsable(mirror))
                .findFirst();
        return unusable.<Verdict>map(
                        mirror -> new Verdict.Refuse("the copy of %s on %s is %s, which is no state of the data"
                                .formatted(mirror.name(), node, mirror.disk())))
                .orElseGet(() -> new Verdict.Accept(
                        node,
                        "the copy of " + node
                                + " is to be taken as the good one; what only a fresher copy holds is lost"));
    }

    private static boolean isUsable(Member.Mirror mirror) {
        String disk = mirror.disk();
        return disk == null || disk.equals("UpToDate") || disk.equals("Outdated");
    }
}
