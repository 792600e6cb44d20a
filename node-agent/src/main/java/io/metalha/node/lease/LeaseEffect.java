// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.List;

/** What the keeper is to do. {@code group} is {@code GroupId.key()} throughout. Effects are carried out in their order. */
public sealed interface LeaseEffect {
    /** Send now, not with the next heartbeat; never to oneself. Losing it is allowed. */
    record Send(VoterId to, LeaseMessage message) implements LeaseEffect {}

    /**
     * Write this durably, off the heartbeat thread, then {@link LeaseEvent.Persisted}. Tokens grow by one with each
     * Persist and PersistStore; a later one of the same group may replace an earlier one that has not been written yet.
     * A write that fails is tried again: until it succeeds this voter is silent, which is safe.
     */
    record Persist(long token, long group, Epoch promised, GroupRecord record) implements LeaseEffect {}

    /** As {@link Persist}, for what concerns all groups. */
    record PersistStore(long token, StoreState state, Duration longestGrant) implements LeaseEffect {}

    /** To the lease page. {@link MonotonicTime#ZERO}: not held. Renewals publish through the fast path instead. */
    record Publish(long group, Epoch epoch, MonotonicTime usableUntil) implements LeaseEffect {}

    /**
     * {@code granted}.
     *
     * @param copies        the record's content
     * @param previousOwner voter number of the owner before, 0 for none
     * @param waited        since the register was first seen free for this attempt
     */
    record Granted(long group, Epoch epoch, List<CopyEntry> copies, int previousOwner, Duration waited)
            implements LeaseEffect {}

    /** {@code lost}: run the stop list now. Exactly once for each epoch granted, unless it was released. */
    record Lost(long group, Epoch epoch, LostReason reason) implements LeaseEffect {}

    /**
     * {@code refused}: on change of reason, and again each 5 s while wanted.
     *
     * @param holder    voter number, 0 for none known
     * @param epoch     of the holder or of the record, {@link Epoch#NONE} if unknown
     * @param remaining of the holder's lease where it is longest, zero if unknown
     * @param copies    the record's content as far as known
     */
    record WantRefused(
            long group, RefusedReason reason, int holder, Epoch epoch, Duration remaining, List<CopyEntry> copies)
            implements LeaseEffect {}

    /** {@code holder}: whom this voter granted the lease, on change; owner 0 when it is free again. */
    record HolderChanged(long group, Epoch epoch, int owner, Duration remaining) implements LeaseEffect {}

    /**
     * {@code recorded}: the outcome of a {@link LeaseEvent.RecordChange}.
     *
     * @param ok       a majority wrote it; false: it was refused, or nobody knows whether it was written
     * @param reason   empty when ok, else a sentence
     * @param sequence of the record that holds the change; 0 when not ok
     */
    record Recorded(long request, long group, boolean ok, String reason, long sequence) implements LeaseEffect {}

    /** {@code released}: the group is no longer held here (also when it was not). */
    record Released(long request, long group) implements LeaseEffect {}
}
