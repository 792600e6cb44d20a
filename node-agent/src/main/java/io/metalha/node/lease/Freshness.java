// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.GroupRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What a record allows to be done with the data it names (safety rule 11). */
final class Freshness {
    private Freshness() {}

    /**
     * Whether a node with these good copies may take over: of each data that the record names, one of the up-to-date
     * copies is here. Data that the record does not name is no obstacle: the mirror demands that all its copies met.
     */
    static boolean mayTakeOver(List<CopyEntry> record, List<CopyEntry> own) {
        return dataOf(record).stream().allMatch(data -> record.stream()
                .filter(entry -> entry.data().equals(data) && entry.upToDate())
                .anyMatch(entry -> own.stream()
                        .anyMatch(mine -> mine.upToDate()
                                && mine.data().equals(data)
                                && mine.copy().equals(entry.copy()))));
    }

    /**
     * What a takeover writes when a person accepted stale copies: of each data that is not fresh here, the accepted copy is up to date and
     * every other Outdated; what is fresh here stays as it is. Story, without the second half: (1) server1 ran alone and is away, server2 is
     * forced to start from its older copy. (2) server2 dies, server1 is back, and by the record its copy is up to date still. (3) server1
     * takes over by itself, and what was written since the person's decision is gone without anybody's word.
     */
    static List<CopyEntry> forced(List<CopyEntry> record, List<CopyEntry> own, List<CopyEntry> accepted) {
        List<CopyEntry> result = new ArrayList<>(record);
        for (CopyEntry each : accepted) {
            List<CopyEntry> ofData = record.stream()
                    .filter(entry -> entry.data().equals(each.data()))
                    .toList();
            if (!mayTakeOver(ofData, own)) {
                result.removeAll(ofData);
                ofData.stream()
                        .filter(entry -> !entry.copy().equals(each.copy()))
                        .forEach(entry ->
                                result.add(new CopyEntry(entry.data(), entry.copy(), false, entry.generation())));
                result.add(new CopyEntry(each.data(), each.copy(), true, each.generation()));
            }
        }
        return result;
    }

    /** The record's entries with those of the named data replaced. */
    static List<CopyEntry> merge(List<CopyEntry> record, List<CopyEntry> change) {
        Set<UUID> named = dataOf(change);
        List<CopyEntry> merged = new ArrayList<>();
        record.stream().filter(entry -> !named.contains(entry.data())).forEach(merged::add);
        merged.addAll(change);
        return merged;
    }

    /** Why these entries must not be written, empty if they may. */
    static String objection(List<CopyEntry> merged) {
        if (merged.size() > GroupRecord.COPIES_MAX) {
            return "a record holds at most " + GroupRecord.COPIES_MAX + " copies, not " + merged.size();
        }
        return dataOf(merged).stream()
                .filter(data -> merged.stream().noneMatch(entry -> entry.data().equals(data) && entry.upToDate()))
                .findFirst()
                .map(data -> "no copy of data " + data + " would be up to date")
                .orElse("");
    }

    private static Set<UUID> dataOf(List<CopyEntry> entries) {
        return entries.stream().map(CopyEntry::data).collect(Collectors.toSet());
    }
}
