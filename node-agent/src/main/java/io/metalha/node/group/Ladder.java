// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.List;

/** What is done about a failure: restart in place, then hand over, then the final action, then try again for ever, ever more seldom. */
final class Ladder {
    /** Who needs this many times {@code restarts} within the window is not well, however short each fault. */
    static final int RESTARTS_FACTOR = 5;

    private static final Duration RETRY_MAX = Duration.ofSeconds(30);
    private static final int DOUBLINGS_MAX = 5;

    private final Failovers failovers;
    private final Failovers restarts = new Failovers(List.of());
    private int restartsUsed;
    private int retries;

    /** A rung: what comes next when a restart in place is of no use. */
    sealed interface Rung {}

    record HandOver() implements Rung {}

    /** @param why what is to be added to the reason */
    record StopGroup(String why) implements Rung {}

    record TryAgain(Duration after) implements Rung {}

    /** @param past handovers because of failures that this node remembers from before */
    Ladder(List<MonotonicTime> past) {
        failovers = new Failovers(past);
    }

    /** A lease is new, or all has been well for a while: the next failure starts at the bottom. */
    void forget() {
        restartsUsed = 0;
        retries = 0;
    }

    /** Whether to restart in place; counts as done. */
    boolean restart(Recovery recovery, MonotonicTime now) {
        boolean often = restarts.within(recovery.within(), now) >= recovery.restarts() * RESTARTS_FACTOR;
        if (restartsUsed >= recovery.restarts() || often) {
            return false;
        }
        restartsUsed++;
        restarts.add(now);
        return true;
    }

    /** The rung above a restart in place; counts as taken. */
    Rung higher(Recovery recovery, Event.Surroundings around, MonotonicTime now) {
        int used = failovers(recovery, now) + around.failoversElsewhere();
        boolean another = around.anotherCanTakeOver() && around.addressUseful();
        if (recovery.automatic() && another && used < recovery.maxFailovers()) {
            failovers.add(now);
            return new HandOver();
        }
        if (another && used >= recovery.maxFailovers() && recovery.finalAction() == Recovery.FinalAction.STOP_GROUP) {
            return new StopGroup(used + " failovers within " + recovery.within() + " are used up: stops the group");
        }
        return new TryAgain(wait(retries++));
    }

    private static Duration wait(int tries) {
        if (tries == 0) {
            return Duration.ZERO;
        }
        Duration wait = Duration.ofSeconds(1L << Math.min(tries - 1, DOUBLINGS_MAX));
        return wait.compareTo(RETRY_MAX) < 0 ? wait : RETRY_MAX;
    }

    /** Handovers because of failures by this node within the window. */
    int failovers(Recovery recovery, MonotonicTime now) {
        return failovers.within(recovery.within(), now);
    }
}
