// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import java.time.Duration;

/**
 * Timers of a passive voter, all from the lease that it grants. The relations are those of Kubernetes' own leader election (client-go: lease 15 s,
 * a try each 2 s).
 *
 * @param lease         what it grants
 * @param driftPermille bound on the difference in rate of two hosts' clocks, in thousandths
 */
public record WitnessTiming(Duration lease, int driftPermille) {
    /** Shorter grants cost more writes: three in each. */
    public static final Duration LEASE_MIN = Duration.ofSeconds(10);

    /** Between two reads, and the bound of one request: a fifth of the lease. */
    public Duration read() {
        return lease.dividedBy(5);
    }

    /** Two good answers further apart than half a lease: what was between them is unknown. */
    long gapNanos() {
        return lease.toNanos() / 2;
    }

    /** After a request that failed. */
    long againNanos() {
        return lease.toNanos() / 20;
    }

    /** A grant, and the drift of both clocks. */
    long grantedNanos(long leaseMillis) {
        long nanos = leaseMillis * 1_000_000;
        return nanos + nanos / 1000 * driftPermille;
    }
}
