// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** A host's monotonic clock: starts anywhere at each boot, and runs faster or slower within the bound. */
final class SimulatedClock {
    private static final long MILLION = 1_000_000L;

    private final long partsPerMillion;
    private long offset;

    SimulatedClock(long partsPerMillion) {
        this.partsPerMillion = partsPerMillion;
    }

    void restart(long realNow, long reading) {
        offset = 0;
        offset = reading - read(realNow);
    }

    long read(long real) {
        return real + real / MILLION * partsPerMillion + real % MILLION * partsPerMillion / MILLION + offset;
    }

    /** The first real time at which this clock shows at least {@code reading}. */
    long realTimeOf(long reading) {
        double rate = 1 + (double) partsPerMillion / MILLION;
        long real = (long) ((reading - offset) / rate) - 2;
        while (read(real) < reading) {
            real++;
        }
        return real;
    }
}
