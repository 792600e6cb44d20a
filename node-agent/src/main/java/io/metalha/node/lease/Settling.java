// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;

/**
 * A voter that uses another set than before reads each group's register from a majority of the new set and keeps the highest record
 * (safety rule 6). The next change waits until every voter that stays has done so.
 *
 * <p>Story, without: (1) of the voters 1 to 5 the servers 1, 4 and 5 have "server2's copy Outdated". (2) Voter 5 is taken out of the set, then voter 4.
 * (3) server1 dies; 2 and 3 are a majority of {1,2,3}, know nothing of it, and server2 starts on old data.
 *
 * <p>A value that a majority of the former set wrote is with one of each majority of this one, and whoever answers here takes nothing
 * under the former set any more. So afterwards each voter that stayed has it, or one above it.
 */
final class Settling {
    private final Outbox out;
    private final Admission admission;
    private final GroupTable groups;
    private final int[] told;
    private final boolean[] toldAll;
    private boolean settled;
    private long from = Long.MAX_VALUE;
    private long nextAsk;

    Settling(Outbox out, Admission admission, GroupTable groups) {
        this.out = out;
        this.admission = admission;
        this.groups = groups;
        this.told = new int[out.voters];
        this.toldAll = new boolean[out.voters];
        // The first set follows none.
        this.settled = out.config.setNumber() <= 1 || !out.has(Safeguard.VOTER_SET_SETTLES);
    }

    boolean isSettled() {
        return settled && admission.isWhole();
    }

    /** Time went on, or something was told. */
    void advance() {
        if (settled || !admission.isWhole()) {
            return;
        }
        from = Math.min(from, out.now());
        if (isRead()) {
            settled = true;
        } else if (out.now() >= nextAsk) {
            nextAsk = out.now() + out.config.timing().heartbeat().toNanos();
            for (int voter = 0; voter < out.voters; voter++) {
                askGroups(voter);
            }
            for (int i = 0; i < groups.size(); i++) {
                if (groups.get(i).vote.readFrom() < out.majority() - 1) {
                    out.sendOthers(new Ask(groups.get(i).group, out.now()));
                }
            }
        }
    }

    /** True when the groups in it are to be known here. */
    boolean onGroupsAre(int voter, GroupsAre answer) {
        if (settled || answer.echoNanos() < from || answer.from() != told[voter]) {
            return false;
        }
        told[voter] += answer.groups().size();
        toldAll[voter] = told[voter] >= answer.total();
        if (!answer.groups().isEmpty()) {
            askGroups(voter);
        }
        return true;
    }

    boolean takes(LeaseMessage.Standing standing) {
        return !settled && admission.isWhole() && standing.voting() && standing.echoNanos() >= from;
    }

    /** A peer began anew: it may tell its groups in another order. */
    void forgetAnswersOf(int peer) {
        told[peer] = 0;
        toldAll[peer] = false;
    }

    long nextDeadlineNanos() {
        return settled || !admission.isWhole() ? Long.MAX_VALUE : nextAsk;
    }

    private void askGroups(int voter) {
        if (voter != out.self && !toldAll[voter]) {
            out.send(voter, new AskGroups(told[voter], out.now()));
        }
    }

    /** From a majority with this voter, and what was read is on the disk. */
    private boolean isRead() {
        int count = 1;
        for (boolean each : toldAll) {
            count += each ? 1 : 0;
        }
        boolean read = count >= out.majority();
        for (int i = 0; i < groups.size(); i++) {
            GroupVote vote = groups.get(i).vote;
            read &= vote.readFrom() + 1 >= out.majority() && vote.isWritten();
        }
        return read;
    }
}
