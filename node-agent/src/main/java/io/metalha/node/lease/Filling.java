// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import java.util.ArrayList;
import java.util.List;

/**
 * A voter whose store was lost learns which groups there are, from a majority without it; when it has learnt each it votes like
 * any other (safety rule 7).
 *
 * <p>Story, without: three voters. (1) server1's disk is replaced, two years later server2's; both learn each group that somebody
 * speaks of, and remain voters that have to ask. (2) A group is made. server1 cannot vote on it before a majority of the others
 * says how it stands; server2, which has to ask as well, says nothing. (3) So no new group ever starts, though nothing is broken.
 *
 * <p>Whatever this voter told before its loss is known to one of any majority of the others: each majority with it meets each
 * without it. As with one group it asks after the restart wait, when no candidate counts a forgotten promise any more.
 */
final class Filling {
    private final Outbox out;
    private final Admission admission;
    private final GroupTable groups;
    private final int[] told;
    private final boolean[] toldAll;
    private long from = Long.MAX_VALUE;
    private long nextAsk;

    Filling(Outbox out, Admission admission, GroupTable groups) {
        this.out = out;
        this.admission = admission;
        this.groups = groups;
        this.told = new int[out.voters];
        this.toldAll = new boolean[out.voters];
    }

    /** Time went on, or something was learnt. */
    void advance() {
        if (!admission.isFilling()) {
            return;
        }
        if ((isToldAll() && isEachLearnt()) || !out.has(Safeguard.FILLED_FIRST)) {
            admission.filled();
        } else if (out.now() >= nextDeadlineNanos()) {
            from = Math.min(from, out.now());
            nextAsk = out.now() + out.config.timing().heartbeat().toNanos();
            for (int voter = 0; voter < out.voters; voter++) {
                ask(voter);
            }
        }
    }

    /** Only who has all of its own memory answers. */
    void onAskGroups(int voter, AskGroups asked) {
        if (!admission.isWhole()) {
            return;
        }
        List<Long> keys = new ArrayList<>();
        for (int at = asked.from(); at >= 0 && at < groups.size() && keys.size() < GroupsAre.KEYS_MAX; at++) {
            keys.add(groups.get(at).group);
        }
        out.send(voter, new GroupsAre(asked.from(), groups.size(), keys, asked.sentNanos()));
    }

    /** True when the next part, if any, is the answer's: then the groups in it are to be learnt. */
    boolean onGroupsAre(int voter, GroupsAre answer) {
        if (!admission.isFilling() || answer.echoNanos() < from || answer.from() != told[voter]) {
            return false;
        }
        told[voter] += answer.groups().size();
        toldAll[voter] = told[voter] >= answer.total();
        if (!answer.groups().isEmpty()) {
            ask(voter);
        }
        return true;
    }

    /** A peer began anew: it may tell its groups in another order. */
    void forgetAnswersOf(int peer) {
        told[peer] = 0;
        toldAll[peer] = false;
    }

    long nextDeadlineNanos() {
        return admission.isFilling() ? Math.max(nextAsk, out.now() + admission.restartWaitNanos()) : Long.MAX_VALUE;
    }

    private void ask(int voter) {
        if (voter != out.self && !toldAll[voter]) {
            out.send(voter, new AskGroups(told[voter], out.now()));
        }
    }

    private boolean isToldAll() {
        int count = 0;
        for (boolean each : toldAll) {
            count += each ? 1 : 0;
        }
        return count >= out.majority();
    }

    private boolean isEachLearnt() {
        boolean each = true;
        for (int i = 0; i < groups.size(); i++) {
            each &= groups.get(i).vote.isLearnt();
        }
        return each;
    }
}
