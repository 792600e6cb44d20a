// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.story;

import io.metalha.e2e.evidence.Mark;
import io.metalha.e2e.evidence.Mark.Kind;
import io.metalha.e2e.evidence.OwnerLog;
import io.metalha.e2e.evidence.Span;
import io.metalha.e2e.lab.Lab;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gathers from the servers' own journals, and from the story's power losses, who held which group when. */
public final class Owners {
    private static final String KEEPER = "metalha-keeper.service";

    private final Lab lab;
    private final Set<Mark> marks = new LinkedHashSet<>();

    private final long since;

    /**
     * @param since earlier lines are left out: the journals of a lab that was kept tell nothing of power losses that
     *     ended what had begun
     */
    Owners(Lab lab, long since) {
        this.lab = lab;
        this.since = since;
    }

    /** Who had a group when the story began. */
    void held(String node, String group) {
        marks.add(new Mark(node, group, since, Kind.BEGIN));
    }

    /** Reads a machine's journal; done before each power loss, which may take the journal's end with it. */
    void collect(String node) {
        OwnerLog.marks(node, lab.messages(node, KEEPER)).stream()
                .filter(mark -> mark.nanos() >= since)
                .forEach(marks::add);
    }

    void powerLost(String node, List<String> groups, long nanos) {
        groups.forEach(group -> silent(node, group, nanos));
    }

    /**
     * A keeper that is stopped by a signal logs its loss only when it wakes; what ends its effects meanwhile needs no
     * process (address timeout, lease page). The story names the moment from which it saw the node silent.
     */
    public void silent(String node, String group, long nanos) {
        marks.add(new Mark(node, group, nanos, Kind.END));
    }

    public List<Span> spans(String group) {
        lab.topology().servers().forEach(this::collect);
        return Span.of(new ArrayList<>(
                marks.stream().filter(mark -> mark.group().equals(group)).toList()));
    }
}
