// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.ClusterGroupStatus;
import io.metalha.api.v1alpha1.Condition;
import io.metalha.api.v1alpha1.FailoverReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is worth an event between two statuses. */
final class GroupNotes {
    private GroupNotes() {}

    static List<Note> between(ClusterGroupStatus before, ClusterGroupStatus after) {
        var notes = new ArrayList<Note>();
        Set<String> known = before.failovers().stream().map(FailoverReport::id).collect(Collectors.toSet());
        after.failovers().stream()
                .filter(failover -> !known.contains(failover.id()))
                .forEach(failover -> notes.add(moved(failover)));
        if (after.acceptedGeneration() != null && !after.acceptedGeneration().equals(before.acceptedGeneration())) {
            notes.add(Note.normal(
                    "Accepted", "Generation " + after.acceptedGeneration() + " is good and is acted upon."));
        }
        change(before, after, "Stalled", true).ifPresent(notes::add);
        change(before, after, "Available", false).ifPresent(notes::add);
        change(before, after, "Redundant", false).ifPresent(notes::add);
        change(before, after, "DataProtected", false).ifPresent(notes::add);
        return notes;
    }

    private static Note moved(FailoverReport failover) {
        String from = failover.from() == null ? "nowhere" : failover.from();
        Long outage = failover.outageMillis();
        String text = "From %s to %s because of %s%s."
                .formatted(
                        from,
                        failover.to(),
                        failover.reason(),
                        outage == null ? "" : "; outage " + Times.seconds(outage));
        boolean planned = "Switchover".equals(failover.kind()) || "Failback".equals(failover.kind());
        return planned ? Note.normal(orFailover(failover), text) : Note.warning(orFailover(failover), text);
    }

    private static String orFailover(FailoverReport failover) {
        String kind = failover.kind();
        return kind == null ? "Takeover" : kind;
    }

    /** A note when a condition's status changed; the first sight of a good condition is no news. */
    private static Optional<Note> change(
            ClusterGroupStatus before, ClusterGroupStatus after, String type, boolean badWhenTrue) {
        String old = Conditions.find(before.conditions(), type)
                .map(Condition::status)
                .orElse(badWhenTrue ? Condition.FALSE : Condition.UNKNOWN);
        return Conditions.find(after.conditions(), type)
                .filter(now -> !now.status().equals(old))
                .map(now -> {
                    boolean bad = now.holds() == badWhenTrue;
                    String reason = badWhenTrue ? now.reason() : (now.holds() ? type : "Not" + type);
                    return bad ? Note.warning(reason, now.message()) : Note.normal(reason, now.message());
                });
    }
}
