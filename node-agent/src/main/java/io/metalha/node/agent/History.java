// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.api.v1alpha1.FailoverReport;
import io.metalha.api.v1alpha1.Member.OperationReport;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.group.StartTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this node remembers of its groups across restarts of the agent and of the machine.
 *
 * @param stopMarks by group; odd: stopped on purpose
 */
record History(Map<String, Entry> groups) {
    static final History EMPTY = new History(Map.of());
    static final int FAILOVERS_KEPT = 10;
    private static final int OPERATIONS_KEPT = 20;
    private static final int HANDOVERS_KEPT = 100;

    History {
        groups = groups == null ? Map.of() : Map.copyOf(groups);
    }

    /**
     * One group's part.
     *
     * @param startMillis whole starts here, the last ten
     * @param handedOver  when this node handed the group over because of a failure, milliseconds since 1970
     * @param failovers   those this node took over, the newest first
     */
    record Entry(
            int stopMark,
            List<Long> startMillis,
            List<Long> handedOver,
            List<FailoverReport> failovers,
            List<OperationReport> operations) {
        static final Entry EMPTY = new Entry(0, List.of(), List.of(), List.of(), List.of());

        Entry {
            startMillis = startMillis == null ? List.of() : List.copyOf(startMillis);
            handedOver = handedOver == null ? List.of() : List.copyOf(handedOver);
            failovers = failovers == null ? List.of() : List.copyOf(failovers);
            operations = operations == null ? List.of() : List.copyOf(operations);
        }

        Entry withStopMark(int mark) {
            return new Entry(mark, startMillis, handedOver, failovers, operations);
        }

        /**
         * A whole start here. Until the first takeover there are only first starts, which made and filled file systems:
         * no measure for it.
         */
        Entry withStart(long millis, boolean takeover) {
            List<Long> more = new ArrayList<>(takeover && failovers.isEmpty() ? List.of() : startMillis);
            more.add(millis);
            int from = Math.max(0, more.size() - StartTimes.KEPT);
            return new Entry(stopMark, more.subList(from, more.size()), handedOver, failovers, operations);
        }

        StartTimes startTimes() {
            return new StartTimes(startMillis.stream().map(Duration::ofMillis).toList());
        }

        /** Handovers because of failures, by this boot's clock. */
        List<MonotonicTime> handovers(long wallMillis, MonotonicTime now) {
            return handedOver.stream()
                    .map(then -> now.minus(Duration.ofMillis(Math.max(0, wallMillis - then))))
                    .toList();
        }

        Entry withHandover(long wallMillis) {
            List<Long> more = new ArrayList<>(handedOver);
            more.add(wallMillis);
            int from = Math.max(0, more.size() - HANDOVERS_KEPT);
            return new Entry(stopMark, startMillis, more.subList(from, more.size()), failovers, operations);
        }

        Entry withFailover(FailoverReport report) {
            List<FailoverReport> more = new ArrayList<>(failovers);
            more.addFirst(report);
            return new Entry(
                    stopMark,
                    startMillis,
                    handedOver,
                    more.subList(0, Math.min(FAILOVERS_KEPT, more.size())),
                    operations);
        }

        Entry withOperation(OperationReport report) {
            List<OperationReport> more = new ArrayList<>(operations);
            more.removeIf(other -> other.uid().equals(report.uid()));
            more.addFirst(report);
            return new Entry(
                    stopMark,
                    startMillis,
                    handedOver,
                    failovers,
                    more.subList(0, Math.min(OPERATIONS_KEPT, more.size())));
        }
    }

    Entry of(String group) {
        return groups.getOrDefault(group, Entry.EMPTY);
    }

    History with(String group, Entry entry) {
        Map<String, Entry> more = new TreeMap<>(groups);
        more.put(group, entry);
        return new History(more);
    }
}
