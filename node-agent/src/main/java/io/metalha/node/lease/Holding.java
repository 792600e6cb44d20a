// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.lease.LeaseEvent.RecordChange;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Release;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * This node's lease on one group while it has it, and the record it may change meanwhile.
 *
 * <p>Invariant: each voter's grant counts from the send time of the newest request that it answered; {@code usableUntil} is the
 * majority-th latest end of those grants, less the stop margin; once the clock has reached it this epoch is over here,
 * whatever is answered later.
 */
final class Holding {
    /** Changes of a record that wait for the one being written: a mirror has one at a time, a group few mirrors. */
    static final int CHANGES_MAX = 16;

    private static final long RELEASE_REPEATS = 2;

    private final Outbox out;
    private final GroupVote vote;
    private final long group;
    private final int leaseMillis;
    private final long resendNanos;
    private final boolean anyPassive;

    private boolean held;
    private Epoch epoch = Epoch.NONE;
    private long usableUntil;
    /**
     * What was asked before this is not counted: a keeper that resumed may have another lease than the one before it. Story, without: (1)
     * server1 is given a lease of 2.4 s where it had 0.8, and its keeper restarts. (2) server2's answer to the last renewal, which granted
     * 0.8 s, was still under way and comes under the new session. (3) server1 counts 2.4 s from it; server2 takes the group over after 0.8.
     */
    private long countsFrom = Long.MIN_VALUE;

    /** Until when each voter's grant may be used; the smallest long for none. */
    private final long[] grantedUntil;
    /** When each voter that only stores was last asked to renew. */
    private final long[] renewedAt;
    /** What was resumed lasts so long by the page: until then the keepers have the time to answer. */
    private long patientUntil;

    private GroupRecord record = GroupRecord.EMPTY;
    private final long[] ackedSequence;
    private final long[] proposeAt;
    private final long[] proposeEvery;
    private boolean chosen;
    private final ArrayDeque<RecordChange> changes = new ArrayDeque<>();
    private boolean changing;

    private Epoch freed = Epoch.NONE;
    private long releasesLeft;
    private long nextRelease = Long.MAX_VALUE;

    Holding(Outbox out, GroupVote vote, long group) {
        this.out = out;
        this.vote = vote;
        this.group = group;
        this.leaseMillis = (int) out.config.timing().lease().toMillis();
        this.anyPassive = !out.config.passive().isEmpty();
        this.resendNanos = out.config.timing().heartbeat().toNanos() / 4;
        this.grantedUntil = new long[out.voters];
        this.renewedAt = new long[out.voters];
        this.ackedSequence = new long[out.voters];
        this.proposeAt = new long[out.voters];
        this.proposeEvery = new long[out.voters];
    }

    boolean held() {
        return held;
    }

    Epoch epoch() {
        return epoch;
    }

    /** 0 when not held. Allocates nothing. */
    long usableUntilNanos() {
        return held ? usableUntil : 0;
    }

    /** Takes up what was won; false when the answers came so late that nothing of it is left. */
    boolean begin(Candidacy.Won won) {
        Arrays.fill(grantedUntil, Long.MIN_VALUE);
        Arrays.fill(ackedSequence, 0);
        for (int voter = 0; voter < out.voters; voter++) {
            Accepted accepted = won.round().answerOf(voter);
            if (accepted != null) {
                grantedUntil[voter] = sendTime(accepted.echoNanos()) + usableNanos(voter);
                ackedSequence[voter] = accepted.sequence();
            }
        }
        long until = worth();
        if (out.now() >= until) {
            return false;
        }
        countsFrom = Long.MIN_VALUE;
        patientUntil = Long.MIN_VALUE;
        hold(won.record(), until);
        chosen = true;
        return true;
    }

    /** Goes on with what this keeper held before it was restarted (safety rule 19). */
    boolean resume(Epoch wasHeld, long until) {
        GroupRecord own = vote.record();
        if (!own.epoch().equals(wasHeld) || own.owner() != out.selfNumber() || out.now() >= until) {
            return false;
        }
        Arrays.fill(grantedUntil, Long.MIN_VALUE);
        Arrays.fill(ackedSequence, 0);
        patientUntil = until - usableNanos(out.self) / 2;
        countsFrom = out.has(Safeguard.RESUMED_COUNTS_ANEW) ? out.now() : Long.MIN_VALUE;
        hold(own, until);
        // Perhaps a majority has it, perhaps nobody else: write it again before anything else is written.
        chosen = false;
        return true;
    }

    private void hold(GroupRecord value, long until) {
        Arrays.fill(renewedAt, Long.MIN_VALUE);
        held = true;
        epoch = value.epoch();
        record = value;
        usableUntil = until;
        changing = false;
        releasesLeft = 0;
        nextRelease = Long.MAX_VALUE;
        proposeSoon();
    }

    // ---- Renewals. Nothing here allocates.

    void renew(RenewalSink sink) {
        if (!isAlive()) {
            return;
        }
        long now = out.now();
        sink.renew(group, epoch.counter(), epoch.voter(), leaseMillis, now);
        if (vote.onRenew(epoch.counter(), epoch.voter(), leaseMillis)) {
            acknowledged(out.self, now);
        }
    }

    boolean onRenewAck(int from, long epochCounter, int epochVoter, long echoNanos) {
        return held
                && epoch.counter() == epochCounter
                && epoch.voter() == epochVoter
                && isAlive()
                && echoNanos <= out.now()
                && acknowledged(from, echoNanos);
    }

    private boolean isAlive() {
        return held && (out.now() < usableUntil || !out.has(Safeguard.EXPIRED_IS_FINAL));
    }

    private boolean acknowledged(int voter, long echoNanos) {
        if (echoNanos < countsFrom) {
            return false;
        }
        grantedUntil[voter] = Math.max(grantedUntil[voter], sendTime(echoNanos) + usableNanos(voter));
        long until = worth();
        if (until <= usableUntil) {
            return false;
        }
        usableUntil = until;
        return true;
    }

    private long sendTime(long echoNanos) {
        return out.has(Safeguard.SEND_TIME) ? echoNanos : out.now();
    }

    private long usableNanos(int voter) {
        return out.leaseMillis(voter) * 1_000_000L
                - out.config.timing().stopMargin().toNanos();
    }

    private long worth() {
        return worth(true);
    }

    /** The majority-th latest end of a grant, of all voters' or of the keepers' alone; the smallest long when fewer have answered. */
    private long worth(boolean passiveToo) {
        long best = Long.MIN_VALUE;
        for (int voter = 0; voter < out.voters; voter++) {
            long candidate = counts(voter, passiveToo) ? grantedUntil[voter] : Long.MIN_VALUE;
            if (candidate > best && lasting(candidate, passiveToo) >= out.majority()) {
                best = candidate;
            }
        }
        return best;
    }

    private int lasting(long until, boolean passiveToo) {
        int count = 0;
        for (int voter = 0; voter < out.voters; voter++) {
            count += counts(voter, passiveToo) && grantedUntil[voter] >= until ? 1 : 0;
        }
        return count;
    }

    private boolean counts(int voter, boolean passiveToo) {
        return passiveToo || !out.isPassive(voter);
    }

    // ---- Voters that only store. In the steady state none is asked.

    /** From when on the voters that only store are needed: half of the lease is left that the keepers alone give. */
    private long passiveFrom() {
        if (!anyPassive) {
            return Long.MAX_VALUE;
        }
        long keepers = worth(false);
        return keepers == Long.MIN_VALUE ? patientUntil : Math.max(patientUntil, keepers - usableNanos(out.self) / 2);
    }

    private boolean isAsked(int voter) {
        return !out.isPassive(voter) || out.isForgetful(voter) || out.now() >= passiveFrom();
    }

    /** All groups' in one turn, on one grid of a third of the grant: then one write renews them all. */
    private void renewPassive() {
        if (!anyPassive || out.now() < passiveFrom()) {
            return;
        }
        for (int voter = 0; voter < out.voters; voter++) {
            if (out.isPassive(voter) && ackedSequence[voter] >= record.sequence() && out.now() >= renewDue(voter)) {
                renewedAt[voter] = out.now();
                out.send(voter, new LeaseMessage.Renew(group, epoch, out.leaseMillis(voter), out.now()));
            }
        }
    }

    private long renewDue(int voter) {
        long period = out.leaseMillis(voter) * 1_000_000L / 3;
        long asked = renewedAt[voter];
        if (asked == Long.MIN_VALUE) {
            return out.now();
        }
        boolean answered = grantedUntil[voter] >= asked + usableNanos(voter);
        long grid = (asked / period + 1) * period;
        return answered ? grid : Math.min(grid, asked + period / 3);
    }

    /** It forgot what it accepted; what it granted lasts. */
    void tellAgain(int voter) {
        ackedSequence[voter] = 0;
        proposeAt[voter] = out.now();
        proposeEvery[voter] = resendNanos;
    }

    // ---- The record

    void change(RecordChange change) {
        if (!held || !change.epoch().equals(epoch)) {
            refuse(change, "the lease of epoch " + change.epoch() + " is not held here");
        } else if (changes.size() >= CHANGES_MAX) {
            refuse(change, CHANGES_MAX + " changes wait already");
        } else {
            changes.add(change);
            nextChange();
        }
    }

    private void nextChange() {
        while (chosen && !changing && !changes.isEmpty()) {
            RecordChange change = changes.getFirst();
            List<CopyEntry> merged = Freshness.merge(record.copies(), change.copies());
            String objection = Freshness.objection(merged);
            if (!objection.isEmpty() && out.has(Safeguard.LAST_COPY)) {
                changes.removeFirst();
                refuse(change, objection);
            } else if (merged.equals(record.copies())) {
                changes.removeFirst();
                out.add(new LeaseEffect.Recorded(change.request(), group, true, "", record.sequence()));
            } else {
                record = new GroupRecord(epoch, record.sequence() + 1, out.selfNumber(), merged);
                changing = true;
                chosen = false;
                proposeSoon();
                propose();
            }
        }
    }

    void onAccepted(int from, Accepted accepted) {
        if (!held || !accepted.epoch().equals(epoch)) {
            return;
        }
        boolean ownIsNew = from == out.self && accepted.sequence() > ackedSequence[from];
        ackedSequence[from] = Math.max(ackedSequence[from], accepted.sequence());
        if (isAlive()) {
            if (acknowledged(from, accepted.echoNanos())) {
                publish();
            }
        }
        if (ownIsNew) {
            propose();
        }
        int written = 0;
        for (long sequence : ackedSequence) {
            written += sequence >= record.sequence() ? 1 : 0;
        }
        if (!chosen && written >= out.majority()) {
            chosen = true;
            if (changing) {
                changing = false;
                RecordChange change = changes.removeFirst();
                out.add(new LeaseEffect.Recorded(change.request(), group, true, "", record.sequence()));
            }
            nextChange();
        }
    }

    /** To every voter that has not written it yet, at growing intervals: a voter that was away must have it to renew. */
    private void propose() {
        long now = out.now();
        for (int voter = 0; voter < out.voters; voter++) {
            if (ackedSequence[voter] >= record.sequence() || now < proposeAt[voter]) {
                continue;
            }
            // Own voter first. Story, without: "copy 2 Outdated" is with server2 only when this keeper restarts; it
            // resumes from
            // its own, older record and writes something else under the same number.
            if (voter != out.self
                    && ackedSequence[out.self] < record.sequence()
                    && out.has(Safeguard.OWN_RECORD_FIRST)) {
                continue;
            }
            if (!isAsked(voter)) {
                continue;
            }
            proposeAt[voter] = now + proposeEvery[voter];
            renewedAt[voter] = now;
            proposeEvery[voter] = Math.min(proposeEvery[voter] * 2, 1_000_000_000L);
            out.send(voter, new Propose(group, record, out.leaseMillis(voter), now));
        }
    }

    private void proposeSoon() {
        Arrays.fill(proposeAt, out.now());
        Arrays.fill(proposeEvery, resendNanos);
    }

    /** A peer began anew: it may lack the record, and what it acknowledged before counts for nothing new. */
    void forgetAnswersOf(int peer) {
        grantedUntil[peer] = Long.MIN_VALUE;
        tellAgain(peer);
    }

    private void refuse(RecordChange change, String reason) {
        out.add(new LeaseEffect.Recorded(change.request(), group, false, reason, 0));
    }

    // ---- The end

    void advance() {
        if (held && !isAlive()) {
            lose(LostReason.EXPIRED);
        }
        if (held) {
            propose();
            renewPassive();
        }
        if (releasesLeft > 0 && out.now() >= nextRelease) {
            sendRelease();
        }
    }

    void giveUp(Epoch which, LostReason reason) {
        if (held && which.equals(epoch)) {
            lose(reason);
        }
    }

    private void lose(LostReason reason) {
        end();
        out.add(new LeaseEffect.Lost(group, epoch, reason));
    }

    private void end() {
        held = false;
        out.add(new LeaseEffect.Publish(group, epoch, MonotonicTime.ZERO));
        for (RecordChange change : changes) {
            refuse(change, "the lease ended; nobody knows whether this was written");
        }
        changes.clear();
        changing = false;
    }

    /** Also after a loss, once everything is stopped: the others need not wait for the lease to end. */
    void release(Epoch which) {
        if (!which.equals(epoch) || which.equals(Epoch.NONE) || which.equals(freed)) {
            return;
        }
        if (held) {
            end();
        }
        freed = epoch;
        releasesLeft = 1 + RELEASE_REPEATS;
        sendRelease();
    }

    private void sendRelease() {
        releasesLeft--;
        nextRelease = releasesLeft > 0 ? out.now() + resendNanos : Long.MAX_VALUE;
        out.sendAll(new Release(group, freed));
    }

    void publish() {
        out.add(new LeaseEffect.Publish(group, epoch, new MonotonicTime(usableUntil)));
    }

    List<CopyEntry> copies() {
        return record.copies();
    }

    long nextDeadlineNanos() {
        long next = nextRelease;
        if (held) {
            next = out.has(Safeguard.EXPIRED_IS_FINAL) ? Math.min(next, usableUntil) : next;
            boolean ownFirst = ackedSequence[out.self] < record.sequence();
            for (int voter = 0; voter < out.voters; voter++) {
                boolean lacksIt = ackedSequence[voter] < record.sequence();
                if (lacksIt && (voter == out.self || !ownFirst)) {
                    next = Math.min(next, isAsked(voter) ? proposeAt[voter] : passiveFrom());
                } else if (!lacksIt && out.isPassive(voter)) {
                    next = Math.min(next, Math.max(passiveFrom(), renewDue(voter)));
                }
            }
        }
        return next;
    }
}
