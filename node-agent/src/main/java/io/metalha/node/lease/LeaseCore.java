// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.MonotonicTime;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One keeper's part in every group's register: its vote, and its own wish to hold. One thread steps it.
 *
 * <p>Transitions go through {@link #step}. The steady state allocates nothing: at each heartbeat the keeper calls {@link
 * #renew}, for each Renew entry received {@link #onRenew}, for each RenewAck entry received {@link #onRenewAck}.
 */
public final class LeaseCore {
    public static final int GROUPS_MAX = 256;

    public LeaseCore(LeaseConfig config, LongSupplier random) {}

    /** Takes one event; {@code now} never goes back. Answers what to do, in order. */
    public List<LeaseEffect> step(LeaseEvent event, MonotonicTime now) {
        throw new UnsupportedOperationException("the lease logic is not built yet");
    }

    /** When the next {@link LeaseEvent.Tick} is due, {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineNanos() {
        throw new UnsupportedOperationException("the lease logic is not built yet");
    }

    /** At each heartbeat: renews every lease held, at this voter at once, at the others through {@code sink}. */
    public void renew(long nowNanos, RenewalSink sink) {
        throw new UnsupportedOperationException("the lease logic is not built yet");
    }

    /** A Renew entry came. True: put a RenewAck (same group, epoch, echo of {@code sentNanos}) into a packet to its sender. */
    public boolean onRenew(
            int fromVoter, long group, long epochCounter, int epochVoter, int leaseMillis, long nowNanos) {
        throw new UnsupportedOperationException("the lease logic is not built yet");
    }

    /**
     * A RenewAck entry came. True: {@link #usableUntilNanos} has grown, publish it to the lease page.
     *
     * @param echoNanos the send time that it echoes, by this host's clock
     */
    public boolean onRenewAck(
            int fromVoter, long group, long epochCounter, int epochVoter, long echoNanos, long nowNanos) {
        throw new UnsupportedOperationException("the lease logic is not built yet");
    }

    /** Until when the group may have effects here; 0 when it is not held. Allocates nothing. */
    public long usableUntilNanos(long group) {
        throw new UnsupportedOperationException("the lease logic is not built yet");
    }
}
