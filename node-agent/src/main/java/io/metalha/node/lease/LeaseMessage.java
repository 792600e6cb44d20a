// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import java.util.List;

/**
 * What voters and candidates say to each other; {@link LeaseCodec} has the bytes. {@code group} is {@code GroupId.key()}.
 *
 * <p>A request carries the time it was sent by its sender's clock, and its answer echoes it: what a lease is worth counts
 * from there (safety rule 4). Sessions are the transport's work: it drops what names another session than the present one.
 * Messages may be lost, doubled, late and out of order.
 */
public sealed interface LeaseMessage {
    /** {@code GroupId.key()}; 0 for those that speak of no group. */
    long group();

    /** Candidate: how does the register stand at your place? Promises nothing and disturbs nobody. */
    record Ask(long group, long sentNanos) implements LeaseMessage {}

    /**
     * Answer to {@link Ask}.
     *
     * @param voting         false: this voter abstains (its store is not admitted), count it neither as free nor as
     *                       holding, and believe nothing else in here
     * @param promised       highest ballot promised
     * @param remainingNanos of the lease that {@code record.epoch()} holds here, or of the wait after a restart; 0 when
     *                       it is free
     */
    record Standing(long group, long echoNanos, boolean voting, Epoch promised, GroupRecord record, long remainingNanos)
            implements LeaseMessage {}

    /** Candidate: promise me {@code ballot}. */
    record Prepare(long group, Epoch ballot, long sentNanos) implements LeaseMessage {}

    /** Answer to {@link Prepare}: nothing below {@code ballot} will be accepted here; {@code record} is what was. */
    record Promise(long group, Epoch ballot, long echoNanos, GroupRecord record) implements LeaseMessage {}

    /** Answer to {@link Prepare}: no promise, somebody holds the lease here (safety rule 3). */
    record Held(long group, Epoch ballot, Epoch holder, int owner, long remainingNanos) implements LeaseMessage {}

    /** Candidate or holder: accept this value of the register, and grant its epoch the lease for so long. */
    record Propose(long group, GroupRecord record, int leaseMillis, long sentNanos) implements LeaseMessage {}

    /** Answer to {@link Propose}: written durably here. Counts as a renewal too. */
    record Accepted(long group, Epoch epoch, long sequence, long echoNanos) implements LeaseMessage {}

    /** Answer to {@link Prepare} or {@link Propose}: a ballot at least as high was promised. */
    record Refused(long group, Epoch ballot, Epoch promised) implements LeaseMessage {}

    /** Holder, with each heartbeat. Steady state: the keeper sends and reads these without making this object. */
    record Renew(long group, Epoch epoch, int leaseMillis, long sentNanos) implements LeaseMessage {}

    /** Answer to {@link Renew}. Steady state: the keeper sends and reads these without making this object. */
    record RenewAck(long group, Epoch epoch, long echoNanos) implements LeaseMessage {}

    /** Holder: everything is stopped, the lease is free. Sent a few times, never answered: it would end by itself. */
    record Release(long group, Epoch epoch) implements LeaseMessage {}

    /**
     * Voter whose store is not yet voting: so is mine, how is yours?
     *
     * @param longestGrantMillis longest lease that any voter may have granted as far as the sender knows
     */
    record StoreIs(StoreState state, int longestGrantMillis, boolean answerWanted) implements LeaseMessage {
        @Override
        public long group() {
            return 0;
        }
    }

    /** Voter that fills its store: which groups do you know, from the {@code from}-th on? */
    record AskGroups(int from, long sentNanos) implements LeaseMessage {
        @Override
        public long group() {
            return 0;
        }
    }

    /**
     * Answer to {@link AskGroups}, of a voter that votes.
     *
     * @param total how many it knows
     * @param groups its {@code from}-th and following, at most {@value #KEYS_MAX}
     */
    record GroupsAre(int from, int total, List<Long> groups, long echoNanos) implements LeaseMessage {
        /** Then the message is no longer than the longest of the others. */
        public static final int KEYS_MAX = 80;

        public GroupsAre {
            groups = List.copyOf(groups);
            if (groups.size() > KEYS_MAX) {
                throw new IllegalArgumentException(
                        "at most " + KEYS_MAX + " groups in a message, not " + groups.size());
            }
        }

        @Override
        public long group() {
            return 0;
        }
    }
}
