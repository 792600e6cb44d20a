// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.operator.plan;

import io.metalha.api.v1alpha1.Member;
import io.metalha.api.v1alpha1.Resource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The mirrors of a group in one word: the worst one's. */
enum MirrorWord {
    NONE("None"),
    UP_TO_DATE("UpToDate"),
    RESYNC("Resync"),
    DEGRADED("Degraded"),
    UNKNOWN("Unknown"),
    DIVERGED("Diverged");

    private final String word;

    MirrorWord(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** The owner's view where there is an owner, else everybody's. */
    static MirrorWord of(GroupFacts facts, GroupView view) {
        long disks = facts.group().getSpec().resources().stream()
                .map(Resource::mirrorDisk)
                .filter(disk -> disk != null)
                .count();
        if (disks == 0) {
            return NONE;
        }
        List<Member> tellers = view.active().map(List::of).orElseGet(view::known);
        var worst = UP_TO_DATE;
        long told = 0;
        for (Member member : tellers) {
            for (Member.Mirror mirror : member.mirrors()) {
                told++;
                worst = worse(worst, of(mirror));
            }
        }
        return told < disks ? worse(worst, UNKNOWN) : worst;
    }

    static MirrorWord of(Member.Mirror mirror) {
        String connection = text(mirror.connection());
        if (connection.contains("split") || connection.contains("diverged")) {
            return DIVERGED;
        }
        if (connection.startsWith("sync")) {
            return RESYNC;
        }
        boolean both = text(mirror.disk()).equals("uptodate")
                && text(mirror.peerDisk()).equals("uptodate");
        return both ? UP_TO_DATE : DEGRADED;
    }

    private static MirrorWord worse(MirrorWord one, MirrorWord other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }
}
