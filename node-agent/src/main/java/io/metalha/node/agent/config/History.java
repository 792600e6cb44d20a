// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.config;

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
public record History(Map<String, Entry> groups) {
    public static final History EMPTY = new History(Map.of());
    public static final int FAILOVERS_KEPT = 10;
    private static final int OPERATIONS_KEPT = 20;
    private static final int HANDOVERS_KEPT = 100;

    public History {
        groups = groups == null ? Map.of() : Map.copyOf(groups);
    }

    /**
     * One group's part.
     *
     * @param startMillis whole starts here, the last ten
     * @param handedOver  when this node handed the group over because of a failure, milliseconds since 1970
     * @param failovers   those this node took over, the newest first
     */
    public record Entry(
            int stopMark,
            List<Long> startMillis,
            List<Long> handedOver,
            List<FailoverReport> failovers,
            List<OperationReport> operations) {
        public static final Entry EMPTY = new Entry(0, List.of(), List.of(), List.of(), List.of());

        public Entry {
            startMillis = startMillis == null ? List.of() : List.copyOf(startMillis);
            handedOver = handedOver == null ? List.of() : List.copyOf(handedOver);
            failovers = failovers == null ? List.of() : List.copyOf(failovers);
            operations = operations == null ? List.of() : List.copyOf(operations);
        }

        public Entry withStopMark(int mark) {
            return new Entry(mark, startMillis, handedOver, failovers, operations);
        }

        /**
         * A whole start here. Until the first takeover there are only first starts, which made and filled file systems:
         * no measure for it.
         */
        public Entry withStart(long millis, boolean takeover) {
            List<Long> more = new ArrayList<>(takeover && failovers.isEmpty() ? List.of() : startMillis);
            more.add(millis);
            int from = Math.max(0, more.size() - StartTimes.KEPT);
            return new Entry(stopMark, more.subList(from, more.size()), handedOver, failovers, operations);
        }

        public StartTimes startTimes() {
            return new StartTimes(startMillis.stream().map(Duration::ofMillis).toList());
        }

        /** Handovers because of failures, by this boot's clock. */
        public List<MonotonicTime> handovers(long wallMillis, MonotonicTime now) {
            return handedOver.stream()
                    .map(then -> now.minus(Duration.ofMillis(Math.max(0, wallMillis - then))))
                    .toList();
        }

        public Entry withHandover(long wallMillis) {
            List<Long> more = new ArrayList<>(handedOver);
            more.add(wallMillis);
            int from = Math.max(0, more.size() - HANDOVERS_KEPT);
            return new Entry(stopMark, startMillis, more.subList(from, more.size()), failovers, operations);
        }

        public Entry withFailover(FailoverReport report) {
            List<FailoverReport> more = new ArrayList<>(failovers);
            more.addFirst(report);
            return new Entry(
                    stopMark,
                    startMillis,
                    handedOver,
                    more.subList(0, Math.min(FAILOVERS_KEPT, more.size())),
                    operations);
        }

        public Entry withOperation(OperationReport report) {
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

    public Entry of(String group) {
        return groups.getOrDefault(group, Entry.EMPTY);
    }

    public History with(String group, Entry entry) {
        Map<String, Entry> more = new TreeMap<>(groups);
        more.put(group, entry);
        return new History(more);
    }
}
