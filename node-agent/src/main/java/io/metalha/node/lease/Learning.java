// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.Standing;
import org.jspecify.annotations.Nullable;

/**
 * A voter whose store was lost learns how one group stands from a majority without it (safety rule 7).
 *
 * <p>It asks only after the restart wait. Story, without: five voters; this one promised ballot 5 to a candidate and lost
 * its disk. It learns from three others that ballot 4 is the highest, votes for 4, and the candidate, still counting the
 * forgotten promise, overwrites what 4 wrote. The wait is longer than a candidate's round.
 */
final class Learning {
    private final Outbox out;
    private final Admission admission;
    private final long group;
    private final @Nullable Standing[] told;
    private boolean wanted;
    private long from = Long.MAX_VALUE;
    private long nextAsk;

    Learning(Outbox out, Admission admission, long group) {
        this.out = out;
        this.admission = admission;
        this.group = group;
        this.told = new @Nullable Standing[out.voters];
    }

    /** Somebody speaks of the group. Allocates nothing. */
    void wanted() {
        wanted = true;
    }

    void advance() {
        if (!wanted || !admission.mustLearn() || out.now() < nextAsk) {
            return;
        }
        if (admission.restartWaitNanos() > 0) {
            nextAsk = out.now() + admission.restartWaitNanos();
            return;
        }
        from = Math.min(from, out.now());
        nextAsk = out.now() + out.config.timing().heartbeat().toNanos();
        out.sendOthers(new Ask(group, out.now()));
    }

    /** True when a majority has told. */
    boolean onStanding(int voter, Standing standing) {
        if (!admission.mustLearn() || voter == out.self || !standing.voting() || standing.echoNanos() < from) {
            return false;
        }
        told[voter] = standing;
        int count = 0;
        for (Standing each : told) {
            count += each == null ? 0 : 1;
        }
        return count >= out.majority();
    }

    void forgetAnswersOf(int peer) {
        told[peer] = null;
    }

    Epoch promised() {
        Epoch highest = Epoch.NONE;
        for (Standing each : told) {
            highest = each != null && each.promised().isAbove(highest) ? each.promised() : highest;
        }
        return highest;
    }

    GroupRecord record() {
        GroupRecord highest = GroupRecord.EMPTY;
        for (Standing each : told) {
            highest = each != null && each.record().isAbove(highest) ? each.record() : highest;
        }
        return highest;
    }

    long nextDeadlineNanos() {
        return wanted && admission.mustLearn() ? nextAsk : Long.MAX_VALUE;
    }
}
