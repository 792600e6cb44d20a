// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import io.metalha.node.lease.LeaseMessage.StoreIs;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One keeper's part in every group's register: its vote, and its own wish to hold. One thread steps it.
 *
 * <p>Invariant, with the majority of any other core's: at no time are two epochs of one group usable, and a value that a
 * majority wrote is never lost. The steps that keep it: a voter promises nothing while its grant runs ({@link GroupVote}); a
 * candidate adopts the highest record of its prepare majority and writes it to a majority before it holds ({@link
 * Candidacy}); a holder counts its lease from when it asked and stops before a voter's clock can end it ({@link Holding}); a
 * voter that was away waits, and one that forgot abstains ({@link Admission}).
 *
 * <p>Transitions go through {@link #step}. The steady state allocates nothing: at each heartbeat the keeper calls {@link
 * #renew}, for each Renew entry received {@link #onRenew}, for each RenewAck entry received {@link #onRenewAck}.
 */
public final class LeaseCore {
    /** As many as the lease page has slots. */
    public static final int GROUPS_MAX = 256;

    private final Outbox out;
    private final Admission admission;
    private final GroupTable groups = new GroupTable();
    private final Filling filling;
    private final Settling settling;
    private boolean started;

    /** @param random seeded; spreads the attempts of rival candidates */
    public LeaseCore(LeaseConfig config, LongSupplier random) {
        this(config, random, EnumSet.noneOf(Safeguard.class));
    }

    LeaseCore(LeaseConfig config, LongSupplier random, Set<Safeguard> missing) {
        this.out = new Outbox(config, random, missing);
        this.admission = new Admission(out);
        this.filling = new Filling(out, admission, groups);
        this.settling = new Settling(out, admission, groups);
    }

    /** Takes one event; {@code now} never goes back. Answers what to do, in order. */
    public List<LeaseEffect> step(LeaseEvent event, MonotonicTime now) {
        if (started == event instanceof LeaseEvent.Started) {
            throw new IllegalStateException(started ? "started twice" : "the first event is Started, not " + event);
        }
        out.now(now.nanos());
        if (started) {
            advance(groupOf(event));
        }
        handle(event);
        drainSelf();
        return out.drain();
    }

    private void handle(LeaseEvent event) {
        switch (event) {
            case LeaseEvent.Started(var state, var longestGrant, var stored) -> start(state, longestGrant, stored);
            case LeaseEvent.Resume resume -> with(resume.group(), group -> group.resume(resume));
            case LeaseEvent.Tick _ -> advanceAll();
            case LeaseEvent.Want want -> want(want);
            case LeaseEvent.Force force -> with(force.group(), group -> group.force(force));
            case LeaseEvent.RecordChange change -> {
                LeaseGroup group = groups.find(change.group());
                if (group == null) {
                    out.add(new LeaseEffect.Recorded(
                            change.request(), change.group(), false, "the group is not held here", 0));
                } else {
                    group.holding.change(change);
                }
            }
            case LeaseEvent.Release release -> {
                LeaseGroup group = groups.find(release.group());
                if (group == null) {
                    out.add(new LeaseEffect.Released(release.request(), release.group()));
                } else {
                    group.release(release);
                }
            }
            case LeaseEvent.GiveUp giveUp -> with(giveUp.group(), group -> group.giveUp(giveUp));
            case LeaseEvent.OwnerDead dead -> with(dead.group(), group -> group.ownerDied(dead.epoch()));
            case LeaseEvent.Suspended _ -> {
                for (int i = 0; i < groups.size(); i++) {
                    groups.get(i).suspended();
                }
            }
            case LeaseEvent.Received(var from, var message) -> receive(out.indexOf(from.number()), message);
            case LeaseEvent.Forgetful(var voter, boolean forgot) -> forgetful(out.indexOf(voter.number()), forgot);
            case LeaseEvent.SessionChanged(var peer) -> forgetAnswersOf(out.indexOf(peer.number()));
            case LeaseEvent.Persisted(long token) -> {
                out.persisted(token);
                advanceAll();
            }
        }
    }

    /** When the next {@link LeaseEvent.Tick} is due, {@link Long#MAX_VALUE} for never. Allocates nothing. */
    public long nextDeadlineNanos() {
        long next = Math.min(
                admission.nextDeadlineNanos(), Math.min(filling.nextDeadlineNanos(), settling.nextDeadlineNanos()));
        for (int i = 0; i < groups.size(); i++) {
            next = Math.min(next, groups.get(i).nextDeadlineNanos());
        }
        return next;
    }

    /** At each heartbeat: renews every lease held, at this voter at once, at the others through {@code sink}. */
    public void renew(long nowNanos, RenewalSink sink) {
        out.now(nowNanos);
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).holding.renew(sink);
        }
    }

    /** A Renew entry came. True: put a RenewAck (same group, epoch, echo of its send time) into a packet to its sender. */
    public boolean onRenew(
            int fromVoter, long group, long epochCounter, int epochVoter, int leaseMillis, long nowNanos) {
        out.now(nowNanos);
        LeaseGroup known = groups.find(group);
        // Only a voter of the set may hold; a group never heard of is made known by its holder's Propose, which comes
        // first.
        return known != null
                && out.indexOf(fromVoter) >= 0
                && known.vote.onRenew(epochCounter, epochVoter, leaseMillis);
    }

    /**
     * A RenewAck entry came. True: {@link #usableUntilNanos} has grown, publish it to the lease page.
     *
     * @param echoNanos the send time that it echoes, by this host's clock
     */
    public boolean onRenewAck(
            int fromVoter, long group, long epochCounter, int epochVoter, long echoNanos, long nowNanos) {
        out.now(nowNanos);
        LeaseGroup known = groups.find(group);
        int from = out.indexOf(fromVoter);
        return known != null && from >= 0 && known.holding.onRenewAck(from, epochCounter, epochVoter, echoNanos);
    }

    /** Until when the group may have effects here; 0 when it is not held. Allocates nothing. */
    public long usableUntilNanos(long group) {
        LeaseGroup known = groups.find(group);
        return known == null ? 0 : known.holding.usableUntilNanos();
    }

    /** Whether this voter votes yet: its store is admitted and a restart has been waited out. Allocates nothing. */
    public boolean votes() {
        return admission.votes() && admission.restartWaitNanos() == 0;
    }

    /** Whether to take what is said under the voter set of this number; what is not is not given to this core. Allocates nothing. */
    public boolean hears(long setNumber, boolean renewal) {
        return VoterSet.hears(out.config.setNumber(), setNumber, renewal) || !out.has(Safeguard.VOTER_SET_NUMBER);
    }

    /** Whether the next voter set may follow as far as this voter is concerned; stays so. Allocates nothing. */
    public boolean isSettled() {
        return settling.isSettled();
    }

    private void start(StoreState state, Duration longestGrant, List<LeaseEvent.StoredGroup> stored) {
        started = true;
        for (LeaseEvent.StoredGroup each : stored) {
            if (!groups.isFull()) {
                groups.add(new LeaseGroup(out, admission, each.group(), each.promised(), each.record(), true));
            }
        }
        admission.start(state, longestGrant);
    }

    private void want(LeaseEvent.Want want) {
        LeaseGroup group = findOrAdd(want.group());
        if (group == null) {
            out.add(new LeaseEffect.WantRefused(
                    want.group(), RefusedReason.TOO_MANY_GROUPS, 0, Epoch.NONE, Duration.ZERO, List.of()));
            return;
        }
        group.want(want);
        group.advance();
    }

    private void receive(int from, LeaseMessage message) {
        if (from < 0) {
            return;
        }
        switch (message) {
            case StoreIs store -> admission.onStoreIs(from, store);
            case AskGroups asked -> filling.onAskGroups(from, asked);
            case GroupsAre answer -> {
                boolean fills = filling.onGroupsAre(from, answer);
                if (settling.onGroupsAre(from, answer) || fills) {
                    answer.groups().forEach(this::learn);
                }
            }
            case LeaseMessage ofGroup -> {
                LeaseGroup group = findOrAdd(ofGroup.group());
                if (group != null) {
                    group.receive(from, ofGroup);
                    if (ofGroup instanceof LeaseMessage.Standing standing
                            && from != out.self
                            && settling.takes(standing)) {
                        group.vote.read(from, standing);
                    }
                }
            }
        }
    }

    private void learn(long key) {
        LeaseGroup group = findOrAdd(key);
        if (group != null) {
            group.vote.learnIfUnknown();
        }
    }

    /** What a voter says to itself needs no network; each message leads to at most one more, so this ends. */
    private void drainSelf() {
        for (LeaseMessage message = out.toSelf().poll();
                message != null;
                message = out.toSelf().poll()) {
            receive(out.self, message);
        }
    }

    private void forgetAnswersOf(int peer) {
        if (peer >= 0 && peer != out.self) {
            admission.forget(peer);
            filling.forgetAnswersOf(peer);
            settling.forgetAnswersOf(peer);
            for (int i = 0; i < groups.size(); i++) {
                groups.get(i).forgetAnswersOf(peer);
            }
        }
    }

    private void forgetful(int voter, boolean forgot) {
        if (voter < 0 || !out.isPassive(voter)) {
            return;
        }
        out.forgetful(voter, forgot);
        for (int i = 0; forgot && i < groups.size(); i++) {
            groups.get(i).holding.tellAgain(voter);
        }
    }

    private void advance(long key) {
        LeaseGroup group = groups.find(key);
        if (group != null) {
            group.advance();
        }
    }

    private void advanceAll() {
        admission.advance();
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).advance();
        }
        filling.advance();
        settling.advance();
    }

    private void with(long key, Consumer<LeaseGroup> action) {
        LeaseGroup group = groups.find(key);
        if (group != null) {
            action.accept(group);
        }
    }

    private @Nullable LeaseGroup findOrAdd(long key) {
        LeaseGroup group = groups.find(key);
        if (group == null && !groups.isFull()) {
            group = new LeaseGroup(out, admission, key, Epoch.NONE, GroupRecord.EMPTY, false);
            groups.add(group);
        }
        return group;
    }

    private static long groupOf(LeaseEvent event) {
        return switch (event) {
            case LeaseEvent.Started _,
                    LeaseEvent.Tick _,
                    LeaseEvent.Suspended _,
                    LeaseEvent.SessionChanged _,
                    LeaseEvent.Forgetful _,
                    LeaseEvent.Persisted _ -> 0;
            case LeaseEvent.Resume resume -> resume.group();
            case LeaseEvent.Want want -> want.group();
            case LeaseEvent.Force force -> force.group();
            case LeaseEvent.RecordChange change -> change.group();
            case LeaseEvent.Release release -> release.group();
            case LeaseEvent.GiveUp giveUp -> giveUp.group();
            case LeaseEvent.OwnerDead dead -> dead.group();
            case LeaseEvent.Received received -> received.message().group();
        };
    }
}
