// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.Member.IfDiesNow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A group in at most five plain sentences: where it runs, what could take over, its data, what if, what happened. */
record GroupSummary(
        GroupFacts facts,
        GroupView view,
        GroupStanding standing,
        @Nullable FailoverReport last) {
    private static final int SENTENCES_MAX = 5;

    List<String> sentences() {
        var sentences = new ArrayList<String>();
        if (standing.deleting()) {
            sentences.add(standing.deletionText());
        } else if (!standing.problems().isEmpty()) {
            sentences.add(standing.stalledText());
        }
        sentences.add(where());
        view.active().ifPresent(active -> sentences.add(forecast(active)));
        if (MirrorWord.of(facts, view) != MirrorWord.NONE) {
            sentences.add(mirrors());
        }
        if (last != null) {
            sentences.add(history(last));
        }
        return sentences.stream().limit(SENTENCES_MAX).toList();
    }

    private String where() {
        String name = facts.name();
        Member active = view.active().orElse(null);
        if (active == null) {
            return name + " runs nowhere that anybody knows of: see the condition Available.";
        }
        String verb =
                switch (GroupView.roleOf(active)) {
                    case STARTING -> " is being started on ";
                    case STOPPING -> " is being stopped on ";
                    case ACTIVE, STANDBY, STOPPED, FAILED, UNKNOWN -> " runs on ";
                };
        String since = active.since() == null ? "" : " since " + active.since();
        return name + verb + active.node() + since + " under epoch " + active.epoch() + paused() + ".";
    }

    private String paused() {
        return facts.group().getSpec().paused() ? "; it is paused, so nothing is moved or restarted by itself" : "";
    }

    /** What nobody else shows: who takes over, how soon, and what would be lost. */
    private String forecast(Member active) {
        IfDiesNow forecast = active.ifDiesNow();
        String lead = "If " + active.node() + " dies now: ";
        boolean standby = !view.standby().isEmpty();
        if (!standby) {
            return lead + "no node takes over. " + standing.notReadyText();
        }
        String next = forecast == null || forecast.node() == null
                ? view.standby().getFirst().node()
                : forecast.node();
        if (forecast == null || forecast.boundMillis() == null) {
            return lead + next + " takes over; no start has been measured yet.";
        }
        return lead + next + " takes over within " + Times.seconds(forecast.boundMillis()) + parts(forecast)
                + "; data loss: " + (forecast.dataLoss() == null ? "none" : forecast.dataLoss()) + ".";
    }

    private static String parts(IfDiesNow forecast) {
        Long detect = forecast.detectMillis();
        Long start = forecast.startMillis();
        if (detect == null || start == null) {
            return "";
        }
        String how = Boolean.TRUE.equals(forecast.measured()) ? "measured" : "not measured yet";
        return " (detect and lease together %s, start %s %s)"
                .formatted(Times.seconds(detect), Times.seconds(start), how);
    }

    private String mirrors() {
        List<Member> tellers = view.active().map(List::of).orElseGet(view::known);
        String all = tellers.stream()
                .flatMap(member -> member.mirrors().stream().map(mirror -> mirror(member, mirror)))
                .collect(Collectors.joining("; "));
        return all.isEmpty() ? "Nobody reports on the mirror." : all + ".";
    }

    private static String mirror(Member member, Member.Mirror mirror) {
        String name = "Mirror " + mirror.name();
        return switch (MirrorWord.of(mirror)) {
            case UP_TO_DATE -> name + ": both copies are UpToDate";
            case RESYNC ->
                name + " is resynced"
                        + (mirror.resyncPercent() == null ? "" : ", " + mirror.resyncPercent() + "% done");
            case DIVERGED -> name + ": the copies were written apart, a person must choose";
            case NONE, DEGRADED, UNKNOWN ->
                "%s: the copy of %s is %s, the other one %s"
                        .formatted(name, member.node(), orUnknown(mirror.disk()), orUnknown(mirror.peerDisk()));
        };
    }

    private static String orUnknown(@Nullable String word) {
        return word == null ? "Unknown" : word;
    }

    private static String history(FailoverReport last) {
        String from = last.from() == null ? "nowhere" : last.from();
        Long outage = last.outageMillis();
        Long bound = last.boundMillis();
        String kind = last.kind() == null ? "failover" : last.kind().toLowerCase(java.util.Locale.ROOT);
        return "Last %s %s from %s to %s (%s)%s%s."
                .formatted(
                        kind,
                        last.startedAt(),
                        from,
                        last.to(),
                        last.reason(),
                        outage == null ? "" : ": outage " + Times.seconds(outage),
                        outage == null || bound == null ? "" : " of at most " + Times.seconds(bound));
    }
}
