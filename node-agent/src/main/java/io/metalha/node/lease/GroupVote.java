// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Refused;
import io.metalha.node.lease.LeaseMessage.Standing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One voter's half of one group's register.
 *
 * <p>Invariants: {@code promised} and {@code record} only grow, {@code record.epoch() <= promised}; the lease belongs to
 * {@code record.epoch()}; nothing is answered before what the answer says is on the disk; while the lease runs, or a
 * restart is being waited out, nothing is promised.
 */
final class GroupVote {
    private final Outbox out;
    private final Admission admission;
    private final long group;
    private final @Nullable Answer[] waiting;
    private int waitingCount;

    private Epoch promised;
    private GroupRecord record;
    private long writtenWith;
    private @Nullable Learning learning;

    private final boolean[] readFrom;
    private long leaseUntil = Long.MIN_VALUE;
    private Epoch released = Epoch.NONE;
    private Epoch shown = Epoch.NONE;

    /** What to say to one voter once {@code token} is on the disk; the newest replaces the one before. */
    private record Answer(long token, LeaseMessage message) {}

    GroupVote(Outbox out, Admission admission, long group, Epoch promised, GroupRecord record, boolean known) {
        this.out = out;
        this.admission = admission;
        this.group = group;
        this.promised = promised;
        this.record = record;
        this.learning = known ? null : new Learning(out, admission, group);
        this.waiting = new @Nullable Answer[out.voters];
        this.readFrom = new boolean[out.voters];
    }

    Epoch promised() {
        return promised;
    }

    GroupRecord record() {
        return record;
    }

    boolean votes() {
        return admission.votes() && (learning == null || !admission.mustLearn());
    }

    /** Nanoseconds until this voter could promise to another than its present holder; 0 for now. */
    long remainingNanos() {
        long lease = leaseUntil - out.now();
        long restart = admission.restartWaitNanos();
        return Math.max(0, Math.max(leaseUntil == Long.MIN_VALUE ? 0 : lease, restart));
    }

    boolean isLeased() {
        return leaseUntil != Long.MIN_VALUE && out.now() < leaseUntil;
    }

    void onAsk(int from, Ask ask) {
        learnIfUnknown();
        out.send(from, new Standing(group, ask.sentNanos(), votes(), promised, record, remainingNanos()));
    }

    void onPrepare(int from, Prepare prepare) {
        learnIfUnknown();
        if (!votes()) {
            return;
        }
        Epoch ballot = prepare.ballot();
        // Story: the owner is well, one deaf node hears nobody and raises its ballot; had we promised, the owner's
        // renewals would be refused and a healthy service would stop.
        if (remainingNanos() > 0 && (out.has(Safeguard.HELD_ANSWER) || !isLeased())) {
            out.send(from, new Held(group, ballot, record.epoch(), record.owner(), remainingNanos()));
            return;
        }
        if (promised.isAbove(ballot)) {
            out.send(from, new Refused(group, ballot, promised));
            return;
        }
        if (ballot.isAbove(promised)) {
            promised = ballot;
            write();
        }
        answer(from, new Promise(group, ballot, prepare.sentNanos(), record));
    }

    void onPropose(int from, Propose propose) {
        learnIfUnknown();
        GroupRecord value = propose.record();
        Epoch epoch = value.epoch();
        if (!votes() || epoch.equals(released) || !admission.mayGrant(propose.leaseMillis())) {
            return;
        }
        if (promised.isAbove(epoch) && out.has(Safeguard.PROMISE_BARS_LOWER)) {
            out.send(from, new Refused(group, epoch, promised));
            return;
        }
        boolean repeated = epoch.equals(record.epoch()) && value.sequence() == record.sequence();
        if (!repeated) {
            // A late copy of an earlier write: its sender has long sent a later one.
            if (!value.isAbove(record) && out.has(Safeguard.RECORD_ORDER)) {
                return;
            }
            if (!epoch.equals(record.epoch())) {
                leaseUntil = Long.MIN_VALUE;
            }
            promised = epoch.isAbove(promised) ? epoch : promised;
            record = value;
            write();
        }
        grant(propose.leaseMillis());
        answer(from, new Accepted(group, epoch, value.sequence(), propose.sentNanos()));
        show();
    }

    /** Allocates nothing. Whether the renewal counts here. */
    boolean onRenew(long epochCounter, int epochVoter, int leaseMillis) {
        if (!votes()) {
            learnIfUnknown();
            return false;
        }
        boolean ours = isEpoch(record.epoch(), epochCounter, epochVoter)
                && isEpoch(promised, epochCounter, epochVoter)
                && !isEpoch(released, epochCounter, epochVoter);
        // An accepted value that is not on the disk yet could be forgotten: no acknowledgement before.
        if (!ours || !out.isPersisted(writtenWith) || !admission.mayGrantNow(leaseMillis)) {
            return false;
        }
        grant(leaseMillis);
        return true;
    }

    void onRelease(Epoch epoch) {
        if (epoch.equals(record.epoch()) || !out.has(Safeguard.RELEASE_EPOCH)) {
            released = epoch;
            leaseUntil = Long.MIN_VALUE;
            show();
        }
    }

    /** Time went on, or the disk did. */
    void advance() {
        show();
        for (int to = 0; waitingCount > 0 && to < waiting.length; to++) {
            Answer answer = waiting[to];
            if (answer != null && out.isPersisted(answer.token())) {
                waiting[to] = null;
                waitingCount--;
                out.send(to, answer.message());
            }
        }
        if (learning != null) {
            learning.advance();
        }
    }

    void onStanding(int from, Standing standing) {
        if (learning != null && learning.onStanding(from, standing)) {
            promised = learning.promised();
            record = learning.record();
            learning = null;
            write();
        }
    }

    /**
     * What another voter has is kept here when it is higher, as though it had been proposed. The promise is not: one that came to nothing
     * would bar the holder's renewals here too.
     */
    void read(int from, Standing standing) {
        readFrom[from] = true;
        if (standing.record().isAbove(record)) {
            if (!standing.record().epoch().equals(record.epoch())) {
                leaseUntil = Long.MIN_VALUE;
            }
            record = standing.record();
            promised = record.epoch().isAbove(promised) ? record.epoch() : promised;
            write();
            show();
        }
    }

    /** From how many others the register was read. */
    int readFrom() {
        int count = 0;
        for (boolean each : readFrom) {
            count += each ? 1 : 0;
        }
        return count;
    }

    boolean isWritten() {
        return out.isPersisted(writtenWith);
    }

    void forgetAnswersOf(int peer) {
        if (learning != null) {
            learning.forgetAnswersOf(peer);
        }
    }

    long nextDeadlineNanos() {
        long lease = shown.equals(Epoch.NONE) || leaseUntil == Long.MIN_VALUE ? Long.MAX_VALUE : leaseUntil;
        return Math.min(lease, learning == null ? Long.MAX_VALUE : learning.nextDeadlineNanos());
    }

    /** Nothing is missing here, and what was learnt is on the disk. */
    boolean isLearnt() {
        return learning == null && out.isPersisted(writtenWith);
    }

    /** Somebody speaks of the group. Allocates nothing. */
    void learnIfUnknown() {
        if (learning != null) {
            learning.wanted();
        }
    }

    private void answer(int to, LeaseMessage message) {
        if (out.isPersisted(writtenWith)) {
            out.send(to, message);
        } else {
            waitingCount += waiting[to] == null ? 1 : 0;
            waiting[to] = new Answer(writtenWith, message);
        }
    }

    private void write() {
        writtenWith = out.persist(group, promised, record);
    }

    private void grant(int leaseMillis) {
        leaseUntil = Math.max(leaseUntil, out.now() + admission.grantedForNanos(leaseMillis));
    }

    private void show() {
        Epoch holder = isLeased() ? record.epoch() : Epoch.NONE;
        if (!holder.equals(shown)) {
            shown = holder;
            out.add(new LeaseEffect.HolderChanged(
                    group,
                    record.epoch(),
                    isLeased() ? record.owner() : 0,
                    Duration.ofNanos(isLeased() ? leaseUntil - out.now() : 0)));
        }
    }

    private static boolean isEpoch(Epoch epoch, long counter, int voter) {
        return epoch.counter() == counter && epoch.voter() == voter;
    }
}
