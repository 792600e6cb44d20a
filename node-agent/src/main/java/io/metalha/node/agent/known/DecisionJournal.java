// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import io.metalha.node.core.MonotonicTime;
import io.metalha.node.placement.Decision;
import io.metalha.node.placement.Situation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last {@value #KEPT} decisions about one group's place, each with what it saw. One thread. */
public final class DecisionJournal {
    public static final int KEPT = 64;

    private final Deque<Entry> entries = new ArrayDeque<>();

    /**
     * A decision that was made again and again without another in between.
     *
     * @param seen  what the first of them saw: a line for the group, a line a node
     * @param first when it was made first
     * @param last  when it was made last
     */
    public record Entry(Decision decision, List<String> seen, MonotonicTime first, MonotonicTime last, long times) {}

    public void add(Decision decision, Situation situation, MonotonicTime now) {
        Entry last = entries.peekLast();
        if (last != null && last.decision().equals(decision)) {
            entries.removeLast();
            entries.addLast(new Entry(decision, last.seen(), last.first(), now, last.times() + 1));
            return;
        }
        if (entries.size() == KEPT) {
            entries.removeFirst();
        }
        entries.addLast(new Entry(decision, situation.inWords(), now, now, 1));
    }

    /** The oldest first. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }
}
