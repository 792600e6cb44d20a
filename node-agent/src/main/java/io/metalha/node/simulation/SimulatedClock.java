// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** A host's monotonic clock: starts anywhere at each boot, runs faster or slower within the bound, stands while the host sleeps. */
final class SimulatedClock {
    private static final long MILLION = 1_000_000L;

    private long partsPerMillion;
    private long since;
    private long reading;
    private boolean asleep;

    SimulatedClock(long partsPerMillion) {
        this.partsPerMillion = partsPerMillion;
    }

    void restart(long real, long first) {
        since = real;
        reading = first;
        asleep = false;
    }

    void rate(long real, long newPartsPerMillion) {
        if (!asleep) {
            reading = read(real);
            since = real;
        }
        partsPerMillion = newPartsPerMillion;
    }

    void sleep(long real) {
        reading = read(real);
        since = real;
        asleep = true;
    }

    void wake(long real) {
        since = real;
        asleep = false;
    }

    boolean isAsleep() {
        return asleep;
    }

    long read(long real) {
        return asleep ? reading : reading + elapsed(real - since);
    }

    /** The first real time at which this clock shows at least {@code wanted}, if it does not sleep. */
    long realTimeOf(long wanted) {
        long ahead = wanted - reading;
        long passed = (long) (ahead / (1 + (double) partsPerMillion / MILLION)) - 2;
        while (elapsed(passed) < ahead) {
            passed++;
        }
        return since + passed;
    }

    /** No overflow: half an hour of nanoseconds, times at most 5 000. */
    private long elapsed(long real) {
        return real + real * partsPerMillion / MILLION;
    }
}
