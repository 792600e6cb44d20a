// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Refused;
import io.metalha.node.lease.LeaseMessage.Release;
import io.metalha.node.lease.LeaseMessage.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This node's wish to hold one group, until it does.
 *
 * <pre>
 *   Idle ─want─► Resting ─time─► Asking ─majority free─► Preparing ─majority promised─► Proposing ─majority accepted─► won
 *                   ▲              │ held, stale, silent     │ held, refused, late          │ refused, late
 *                   └──────────────┴─────────────────────────┴──────────────────────────────┘ (random back-off)
 * </pre>
 *
 * <p>Asking first costs a round trip and disturbs nobody: a prepare that fails would leave higher promises behind, which bar
 * the owner's renewals at those voters.
 */
final class Candidacy {
    private static final long REFUSED_AGAIN_NANOS = 5_000_000_000L;
    /** Of so many requests of a round one goes to the voters that only store. */
    private static final int PASSIVE_EACH = 10;

    private final Outbox out;
    private final GroupVote vote;
    private final long group;
    private final long resendNanos;
    private final long roundNanos;

    private State state = new Idle();
    private long delayNanos;
    private List<CopyEntry> copies = List.of();
    private Epoch forcedOn = Epoch.NONE;
    private List<CopyEntry> accepted = List.of();
    private long freeSince = Long.MAX_VALUE;
    private Epoch highestSeen = Epoch.NONE;
    private int losses;
    private @Nullable RefusedReason refused;
    private long refusedAt;
    private @Nullable Won won;

    private sealed interface State {}

    private record Idle() implements State {}

    private record Resting(long until) implements State {}

    private record Asking(Round<Standing> round) implements State {}

    private record Preparing(Epoch ballot, Round<Promise> round) implements State {}

    private record Proposing(GroupRecord record, int previousOwner, Round<Accepted> round) implements State {}

    /** The lease is there. {@code sentNanos[v]}: send time of the newest request that voter v answered. */
    record Won(GroupRecord record, int previousOwner, Duration waited, Round<Accepted> round) {}

    Candidacy(Outbox out, GroupVote vote, long group) {
        this.out = out;
        this.vote = vote;
        this.group = group;
        this.resendNanos = out.config.timing().heartbeat().toNanos() / 4;
        this.roundNanos = out.config.round().toNanos();
    }

    void want(boolean acquire, Duration delay, List<CopyEntry> ownCopies) {
        delayNanos = Math.max(0, delay.toNanos());
        copies = List.copyOf(ownCopies);
        refused = null;
        if (!acquire) {
            accepted = List.of();
        }
        switch (state) {
            case Idle _ when acquire -> restart();
            case Resting _ when acquire -> state = new Resting(out.now());
            case Idle _, Resting _, Asking _, Preparing _, Proposing _ -> {
                if (!acquire) {
                    stop();
                }
            }
        }
    }

    /** A person accepts these copies of this node, as good as the record was at that epoch; see {@link LeaseEvent.Force}. */
    void force(Epoch decidedOn, List<CopyEntry> stale) {
        forcedOn = decidedOn;
        accepted = List.copyOf(stale);
        refused = null;
        if (state instanceof Resting) {
            state = new Resting(out.now());
        }
    }

    /** Wanted, from the beginning: after a lease was lost or released, too. */
    void restart() {
        freeSince = Long.MAX_VALUE;
        losses = 0;
        refused = null;
        state = new Resting(out.now());
    }

    void stop() {
        abandon();
        state = new Idle();
    }

    /**
     * The host was suspended. Story, without: (1) server1 proposes 2.1, a majority accepts, and server1 is suspended before it
     * hears that. (2) A minute later server2 holds 3.2. (3) server1 wakes, reads the answer to what its clock says was asked 10 ms
     * ago, and holds 2.1 for the rest of its lease.
     */
    void suspended() {
        switch (state) {
            case Idle _, Resting _ -> {}
            case Asking _, Preparing _, Proposing _ -> {
                if (out.has(Safeguard.SUSPENSION_ENDS_ROUNDS)) {
                    abandon();
                    restart();
                }
            }
        }
    }

    /** The lease was won since the last look. */
    @Nullable
    Won takeWon() {
        Won taken = won;
        won = null;
        return taken;
    }

    /** The group was released, as far as this voter knows: no need to rest any longer. */
    void seenReleased() {
        if (state instanceof Resting && losses == 0) {
            state = new Resting(out.now());
        }
    }

    void advance() {
        long now = out.now();
        switch (state) {
            case Idle _ -> {}
            case Resting(long until) -> {
                if (now >= until) {
                    askUnlessHeldHere();
                }
            }
            case Asking(var round) -> {
                if (now >= round.deadline()) {
                    judgeStandings(round, true);
                } else if (round.resendDue(now)) {
                    askAt(round);
                }
            }
            case Preparing(var ballot, var round) -> {
                if (now >= round.deadline()) {
                    backOff();
                } else if (round.resendDue(now)) {
                    prepareAt(ballot, round);
                }
            }
            case Proposing(var record, var _, var round) -> {
                if (now >= round.deadline()) {
                    backOff();
                } else if (round.resendDue(now)) {
                    proposeAt(record, round);
                }
            }
        }
    }

    long nextDeadlineNanos() {
        return switch (state) {
            case Idle _ -> Long.MAX_VALUE;
            case Resting(long until) -> until;
            case Asking(var round) -> round.nextDeadlineNanos();
            case Preparing(var _, var round) -> round.nextDeadlineNanos();
            case Proposing(var _, var _, var round) -> round.nextDeadlineNanos();
        };
    }

    void forgetAnswersOf(int peer) {
        switch (state) {
            case Idle _, Resting _ -> {}
            case Asking(var round) -> round.forget(peer);
            case Preparing(var _, var round) -> round.forget(peer);
            case Proposing(var _, var _, var round) -> round.forget(peer);
        }
    }

    // ---- Asking

    /** A standby whose own voter hears the owner's renewals needs to ask nobody: an idle cluster stays silent. */
    private void askUnlessHeldHere() {
        long remaining = vote.remainingNanos();
        if (remaining == 0 || !vote.votes()) {
            ask();
            return;
        }
        freeSince = Long.MAX_VALUE;
        refuse(vote.isLeased() ? RefusedReason.HELD : RefusedReason.OWN_VOTE, vote.record(), remaining);
        restUntilFree(remaining);
    }

    private void ask() {
        Round<Standing> round = new Round<>(out.voters, out.now(), resendNanos, roundNanos);
        state = new Asking(round);
        askAt(round);
    }

    private void askAt(Round<?> round) {
        for (int voter = 0; voter < out.voters; voter++) {
            // A question costs a voter that only stores no write; but it need not be repeated each few milliseconds.
            if (!out.isPassive(voter) || round.sent() % PASSIVE_EACH == 0) {
                out.send(voter, new Ask(group, out.now()));
            }
        }
    }

    void onStanding(int from, Standing standing) {
        if (state instanceof Asking(var round) && standing.echoNanos() >= round.started()) {
            round.answer(from, standing);
            see(standing.promised());
            judgeStandings(round, false);
        }
    }

    private void judgeStandings(Round<Standing> round, boolean last) {
        int voting = 0;
        int free = 0;
        GroupRecord record = GroupRecord.EMPTY;
        long[] remaining = new long[out.voters];
        for (int voter = 0; voter < out.voters; voter++) {
            Standing each = round.answerOf(voter);
            if (each != null && each.voting()) {
                remaining[voting++] = each.remainingNanos();
                free += each.remainingNanos() == 0 ? 1 : 0;
                record = each.record().isAbove(record) ? each.record() : record;
            }
        }
        Standing own = round.answerOf(out.self);
        boolean ownFree = own != null && own.voting() && own.remainingNanos() == 0;
        if (free >= out.majority() && ownFree) {
            freeNow(record);
        } else if (last || round.answers() == out.voters || voting - free > out.voters - out.majority()) {
            notFree(record, remaining, voting, own != null && own.voting());
        }
    }

    private void freeNow(GroupRecord record) {
        if (!mayTakeOver(record)) {
            refuse(RefusedReason.STALE_COPY, record, 0);
            rest(roundNanos);
            return;
        }
        freeSince = Math.min(freeSince, out.now());
        long at = freeSince + delayNanos;
        if (out.now() < at) {
            state = new Resting(at);
        } else {
            prepare();
        }
    }

    private void notFree(GroupRecord record, long[] remaining, int voting, boolean ownVotes) {
        freeSince = Long.MAX_VALUE;
        if (voting < out.majority()) {
            refuse(RefusedReason.NO_MAJORITY, record, 0);
            rest(roundNanos / 4);
        } else if (!ownVotes) {
            refuse(RefusedReason.OWN_VOTE, record, 0);
            rest(roundNanos / 4);
        } else {
            Arrays.sort(remaining, 0, voting);
            long until = Math.max(remaining[out.majority() - 1], vote.remainingNanos());
            refuse(RefusedReason.HELD, record, until);
            restUntilFree(until);
        }
    }

    // ---- Preparing

    /**
     * The ballot is above every promise of the majority that has just answered, so it was never proposed under before, not
     * even by this node in a life it has forgotten: whoever promised it then is in that majority now.
     */
    private void prepare() {
        see(vote.promised());
        Epoch base = out.has(Safeguard.BALLOT_ABOVE_ALL)
                ? highestSeen
                : vote.record().epoch();
        Epoch ballot = base.next(out.config.self());
        see(ballot);
        Round<Promise> round = new Round<>(out.voters, out.now(), resendNanos, roundNanos);
        state = new Preparing(ballot, round);
        prepareAt(ballot, round);
    }

    private void prepareAt(Epoch ballot, Round<?> round) {
        for (int voter = 0; voter < out.voters; voter++) {
            if (isDue(voter, round)) {
                out.send(voter, new Prepare(group, ballot, out.now()));
            }
        }
    }

    /** A voter that only stores is asked when the others have not sufficed: each answer of it is a write. */
    private boolean isDue(int voter, Round<?> round) {
        return !out.isPassive(voter) || round.sent() % PASSIVE_EACH == 1;
    }

    void onPromise(int from, Promise promise) {
        if (!(state instanceof Preparing(var ballot, var round))
                || !promise.ballot().equals(ballot)
                || promise.echoNanos() < round.started()) {
            return;
        }
        round.answer(from, promise);
        if (round.answers() >= out.majority()) {
            propose(ballot, round);
        }
    }

    void onHeld(int from, Held held) {
        if (state instanceof Preparing(var ballot, var round) && held.ballot().equals(ballot)) {
            round.decline(from);
            if (round.declined() > out.voters - out.majority() || from == out.self) {
                abandon();
                restUntilFree(held.remainingNanos());
            }
        }
    }

    void onRefused(int from, Refused answer) {
        see(answer.promised());
        switch (state) {
            case Preparing(var ballot, var round)
            when answer.ballot().equals(ballot) -> {
                round.decline(from);
                backOffIfHopeless(round);
            }
            case Proposing(var record, var _, var round)
            when answer.ballot().equals(record.epoch()) -> {
                round.decline(from);
                backOffIfHopeless(round);
            }
            case Idle _, Resting _, Asking _, Preparing _, Proposing _ -> {}
        }
    }

    // ---- Proposing

    private void propose(Epoch ballot, Round<Promise> promises) {
        GroupRecord adopted = vote.record();
        if (out.has(Safeguard.ADOPT_HIGHEST)) {
            adopted = GroupRecord.EMPTY;
            for (int voter = 0; voter < out.voters; voter++) {
                Promise each = promises.answerOf(voter);
                adopted = each != null && each.record().isAbove(adopted) ? each.record() : adopted;
            }
        }
        if (!mayTakeOver(adopted)) {
            refuse(RefusedReason.STALE_COPY, adopted, 0);
            rest(roundNanos);
            return;
        }
        // The proposal carries the adopted copies: that is the write-back of rule 1.
        GroupRecord record = new GroupRecord(ballot, 1, out.selfNumber(), toWrite(adopted));
        Round<Accepted> round = new Round<>(out.voters, out.now(), resendNanos, roundNanos);
        state = new Proposing(record, adopted.owner(), round);
        proposeAt(record, round);
    }

    private void proposeAt(GroupRecord record, Round<?> round) {
        for (int voter = 0; voter < out.voters; voter++) {
            if (isDue(voter, round)) {
                out.send(voter, new Propose(group, record, out.leaseMillis(voter), out.now()));
            }
        }
    }

    void onAccepted(int from, Accepted accepted) {
        if (!(state instanceof Proposing(var record, var previousOwner, var round))
                || !accepted.epoch().equals(record.epoch())
                || accepted.sequence() != record.sequence()) {
            return;
        }
        Accepted before = round.answerOf(from);
        if (before == null || before.echoNanos() < accepted.echoNanos()) {
            round.answer(from, accepted);
        }
        if (round.answers() >= out.majority()) {
            long since = freeSince == Long.MAX_VALUE ? out.now() : freeSince;
            won = new Won(record, previousOwner, Duration.ofNanos(out.now() - since), round);
        }
    }

    /** The holder half took over. */
    void settled() {
        state = new Idle();
        refused = null;
        losses = 0;
        accepted = List.of();
    }

    // ---- Common

    private boolean mayTakeOver(GroupRecord record) {
        List<CopyEntry> written = toWrite(record);
        List<CopyEntry> good = new ArrayList<>(copies);
        good.addAll(accepted);
        return Freshness.mayTakeOver(written, good)
                        && Freshness.objection(written).isEmpty()
                || !out.has(Safeguard.STALE_COPY);
    }

    /**
     * The copies that this node's proposal would carry. What a person accepted holds for the record that the person saw. Story, without: (1)
     * server2 is to be forced on epoch 5, and finds no majority. (2) server1 is back, runs under epoch 6 for an hour, and dies. (3) server2,
     * still under orders, throws that hour away, of which nobody was told.
     */
    private List<CopyEntry> toWrite(GroupRecord record) {
        return record.epoch().isAbove(forcedOn) ? record.copies() : Freshness.forced(record.copies(), copies, accepted);
    }

    private void see(Epoch epoch) {
        highestSeen = epoch.isAbove(highestSeen) ? epoch : highestSeen;
    }

    private void backOffIfHopeless(Round<?> round) {
        if (round.declined() > out.voters - out.majority()) {
            backOff();
        }
    }

    /** Twice as long at most after each loss, 2..4 ms up to 64..128 ms: two candidates part, and a takeover stays quick. */
    private void backOff() {
        abandon();
        losses = Math.min(losses + 1, 6);
        long base = 1_000_000L << losses;
        rest(base + out.random(base));
    }

    /** Until just after the end, not at it: the voters' clocks tick apart. Bounded, for the holder may release sooner. */
    private void restUntilFree(long remainingNanos) {
        rest(Math.min(remainingNanos, roundNanos * 2) + 500_000);
    }

    private void rest(long nanos) {
        state = new Resting(out.now() + nanos);
    }

    /** A proposal that is given up may have been granted somewhere; nothing was started under it, so it is freed. */
    private void abandon() {
        if (state instanceof Proposing(var record, var _, var _)) {
            out.sendAll(new Release(group, record.epoch()));
        }
    }

    private void refuse(RefusedReason reason, GroupRecord record, long remainingNanos) {
        if (reason == refused && out.now() < refusedAt + REFUSED_AGAIN_NANOS) {
            return;
        }
        refused = reason;
        refusedAt = out.now();
        out.add(new LeaseEffect.WantRefused(
                group, reason, record.owner(), record.epoch(), Duration.ofNanos(remainingNanos), record.copies()));
    }
}
