// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulate;

import io.metalha.node.simulation.FaultKind;
import io.metalha.node.simulation.Simulation;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What all seeds together did. */
final class Tally {
    private final Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
    private long seeds;
    private long cpuNanos;
    private long virtualNanos;
    private long events;
    private long takeovers;
    private long grants;
    private long writes;
    private long reads;
    private long violations;
    private long livenessMisses;

    synchronized void add(Simulation simulation) {
        seeds++;
        virtualNanos += simulation.nowNanos();
        events += simulation.events();
        takeovers += simulation.takeovers();
        grants += simulation.grants();
        writes += simulation.writes();
        reads += simulation.reads();
        simulation.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
    }

    synchronized void broken(boolean liveness) {
        violations += liveness ? 0 : 1;
        livenessMisses += liveness ? 1 : 0;
    }

    synchronized boolean isClean() {
        return violations + livenessMisses == 0;
    }

    /** Once by each thread at its end. A core's work is counted, not what the machine gave to others meanwhile. */
    synchronized void worked() {
        cpuNanos += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    synchronized String sentence() {
        double coreSeconds = Math.max(1, cpuNanos) / 1e9;
        return String.format(
                Locale.ROOT,
                "%d seeds of %.1f virtual minutes: %.1f seeds, %.0f virtual seconds and %.2f million events a second of a core;"
                        + " %d leases granted, %d writes and %d reads answered",
                seeds,
                virtualNanos / 6e10 / Math.max(1, seeds),
                seeds / coreSeconds,
                virtualNanos / 1e9 / coreSeconds,
                events / 1e6 / coreSeconds,
                grants,
                writes,
                reads);
    }

    synchronized String json(double wallSeconds) {
        String kinds = faults.entrySet().stream()
                .map(each -> "\"" + each.getKey().name().toLowerCase(Locale.ROOT) + "\":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        return String.format(
                Locale.ROOT,
                "{\"seeds\":%d,\"simulatedHours\":%.1f,\"wallSeconds\":%.1f,\"faults\":%s,\"takeovers\":%d,\"violations\":%d,"
                        + "\"livenessMisses\":%d}",
                seeds,
                virtualNanos / 3.6e12,
                wallSeconds,
                kinds,
                takeovers,
                violations,
                livenessMisses);
    }
}
