// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Refused;
import io.metalha.node.lease.LeaseMessage.Release;
import io.metalha.node.lease.LeaseMessage.Renew;
import io.metalha.node.lease.LeaseMessage.RenewAck;
import io.metalha.node.lease.LeaseMessage.Standing;
import io.metalha.node.lease.LeaseMessage.StoreIs;
import java.time.Duration;

/** One group at one keeper: its vote, its wish to hold, and its lease while it holds. */
final class LeaseGroup {
    final long group;
    final GroupVote vote;
    final Holding holding;
    private final Candidacy candidacy;
    private final Outbox out;
    private boolean wanted;

    LeaseGroup(Outbox out, Admission admission, long group, Epoch promised, GroupRecord record, boolean known) {
        this.out = out;
        this.group = group;
        this.vote = new GroupVote(out, admission, group, promised, record, known);
        this.holding = new Holding(out, vote, group);
        this.candidacy = new Candidacy(out, vote, group);
    }

    void want(LeaseEvent.Want want) {
        wanted = want.acquire();
        candidacy.want(want.acquire() && !holding.held(), want.delay(), want.copies());
    }

    void force(LeaseEvent.Force force) {
        candidacy.force(force.decidedOn(), force.copies());
    }

    void resume(LeaseEvent.Resume resume) {
        if (holding.resume(resume.epoch(), resume.usableUntil().nanos())) {
            candidacy.settled();
            holding.publish();
            out.add(new LeaseEffect.Granted(group, resume.epoch(), holding.copies(), out.selfNumber(), Duration.ZERO));
        } else {
            out.add(new LeaseEffect.Publish(group, resume.epoch(), MonotonicTime.ZERO));
            out.add(new LeaseEffect.Lost(group, resume.epoch(), LostReason.EXPIRED));
        }
    }

    void release(LeaseEvent.Release release) {
        boolean was = holding.held();
        holding.release(release.epoch());
        out.add(new LeaseEffect.Released(release.request(), group));
        compete(was);
    }

    void giveUp(LeaseEvent.GiveUp giveUp) {
        boolean was = holding.held();
        holding.giveUp(giveUp.epoch(), giveUp.reason());
        compete(was);
    }

    /** What the dead cannot say itself. Whoever lives knows better: its own epochs are not ended from outside. */
    void ownerDied(Epoch epoch) {
        if (epoch.voter() != out.selfNumber()) {
            out.sendAll(new Release(group, epoch));
        }
    }

    void suspended() {
        boolean was = holding.held();
        candidacy.suspended();
        holding.giveUp(holding.epoch(), LostReason.EXPIRED);
        compete(was);
    }

    /** Time first, in every step: what has expired is over before anything that came is looked at. */
    void advance() {
        boolean was = holding.held();
        holding.advance();
        compete(was);
        vote.advance();
        candidacy.advance();
    }

    void receive(int from, LeaseMessage message) {
        switch (message) {
            case Ask ask -> vote.onAsk(from, ask);
            case Standing standing -> {
                vote.onStanding(from, standing);
                candidacy.onStanding(from, standing);
            }
            case Prepare prepare -> vote.onPrepare(from, prepare);
            case Promise promise -> candidacy.onPromise(from, promise);
            case Held held -> candidacy.onHeld(from, held);
            case Propose propose -> vote.onPropose(from, propose);
            case Accepted accepted -> {
                holding.onAccepted(from, accepted);
                candidacy.onAccepted(from, accepted);
                takeUp();
            }
            case Refused refused -> candidacy.onRefused(from, refused);
            case Release(long _, Epoch epoch) -> {
                vote.onRelease(epoch);
                candidacy.seenReleased();
            }
            case Renew(long _, Epoch epoch, int leaseMillis, long sent) -> {
                if (vote.onRenew(epoch.counter(), epoch.voter(), leaseMillis)) {
                    out.send(from, new RenewAck(group, epoch, sent));
                }
            }
            case RenewAck(long _, Epoch epoch, long echo) -> {
                if (holding.onRenewAck(from, epoch.counter(), epoch.voter(), echo)) {
                    holding.publish();
                }
            }
            case StoreIs _, AskGroups _, GroupsAre _ -> {}
        }
    }

    void forgetAnswersOf(int peer) {
        vote.forgetAnswersOf(peer);
        candidacy.forgetAnswersOf(peer);
        holding.forgetAnswersOf(peer);
    }

    long nextDeadlineNanos() {
        return Math.min(vote.nextDeadlineNanos(), Math.min(holding.nextDeadlineNanos(), candidacy.nextDeadlineNanos()));
    }

    private void takeUp() {
        Candidacy.Won won = candidacy.takeWon();
        if (won != null && holding.begin(won)) {
            candidacy.settled();
            holding.publish();
            out.add(new LeaseEffect.Granted(
                    group, holding.epoch(), holding.copies(), won.previousOwner(), won.waited()));
        }
    }

    private void compete(boolean wasHeld) {
        if (wasHeld && !holding.held() && wanted) {
            candidacy.restart();
        }
    }
}
