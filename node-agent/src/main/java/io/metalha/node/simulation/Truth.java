// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;

/**
 * What an observer of one group sees who knows everything: the assertions of the design's "must never happen" list. None of
 * the parts under test can read it.
 *
 * <p>The toy disk's history is linearizable when each answer fits one order of all operations. A {@link Content} names all
 * writes before it, so that order is given by the newest, and three questions at each answer decide it: an acknowledged write
 * holds all that was acknowledged; what was read holds all that was acknowledged or read before the reading began; what was
 * read once is in all that is acknowledged or read afterwards.
 */
final class Truth {
    private final Simulation simulation;
    private final int group;
    private Epoch lastGranted = Epoch.NONE;
    private Content answered = Content.BLANK;
    private int lastOwner;
    private int lastWriter;
    private long lastAcknowledgedAt;
    private int grants;
    private int takeovers;
    private int writes;
    private int reads;

    Truth(Simulation simulation, int group) {
        this.simulation = simulation;
        this.group = group;
    }

    /** 1: no two nodes may have effects at once; an effect may last the stop margin beyond the usable time. */
    void usable(SimulatedHost host) {
        for (SimulatedHost other : simulation.hosts()) {
            if (other != host && other.group(group).mayHaveEffects()) {
                fail("1 two owners", host + " gets the lease while " + other + " may still have effects");
            }
        }
    }

    /** An epoch whose time has passed at its holder is never usable again. */
    void revived(SimulatedHost host, Epoch epoch) {
        fail("1 revived", host + " uses " + epoch + " again after its end");
    }

    /** 4: epochs only grow. */
    void granted(SimulatedHost host, Epoch epoch, boolean resumed) {
        int order = epoch.compareTo(lastGranted);
        if (order < 0 || (order == 0 && !resumed)) {
            fail("4 epoch", host + " is granted " + epoch + " after " + lastGranted);
        }
        lastGranted = epoch;
        grants++;
        takeovers += lastOwner != 0 && lastOwner != host.number() ? 1 : 0;
        lastOwner = host.number();
    }

    /** 2 and 3: what is promoted holds every acknowledged write. */
    void promoted(SimulatedHost host, Content content) {
        if (!content.holdsAllOf(answered)) {
            fail("3 stale copy", host + " is promoted with " + content + ", answered was " + answered);
        }
    }

    /** 2: the record of where good data is must never be forgotten. */
    void recordIsEmpty(SimulatedHost host) {
        if (answered != Content.BLANK) {
            fail("3 record", host + " reads an empty record although " + answered + " was answered");
        }
    }

    /** 2: one line of history, in which no acknowledged write is overwritten. */
    void acknowledged(SimulatedHost host, Content content) {
        if (isLate(host, content)) {
            return;
        }
        if (!content.holdsAllOf(answered)) {
            fail("2 lost write", host + " acknowledges " + content + " beside " + answered);
        }
        answered = content;
        lastAcknowledgedAt = simulation.now();
        lastWriter = host.number();
        writes++;
    }

    /**
     * Until the keeper of a host that slept has looked at BOOTTIME, code may run there on what its page said before, without
     * effect (rule 21). What it says may be old, never beside the history.
     */
    private boolean isLate(SimulatedHost host, Content content) {
        return host.sleptUnnoticed() && answered.holdsAllOf(content);
    }

    /** What an application that asks now must be answered at least. */
    Content answered() {
        return answered;
    }

    /** 2: a reader sees all that was answered before it asked, and what it saw stays. */
    void read(SimulatedHost host, Content before, Content content) {
        if (isLate(host, content)) {
            return;
        }
        if (!content.holdsAllOf(before)) {
            fail("2 stale read", host + " reads " + content + ", answered before was " + before);
        }
        if (content.holdsAllOf(answered)) {
            answered = content;
        } else if (!answered.holdsAllOf(content)) {
            fail("2 lost write", host + " reads " + content + " beside " + answered);
        }
        reads++;
    }

    /** 4: a lower epoch's write is applied nowhere. */
    void applied(SimulatedHost host, Epoch epoch, Epoch highest) {
        if (highest.isAbove(epoch)) {
            fail("4 old write", host + " applies a write of " + epoch + " after " + highest);
        }
    }

    /** Whether a majority with this of the two data hosts alone has to bring the group up. */
    boolean isSafeWith(int host) {
        return lastOwner == 0 || (lastOwner == host && (lastWriter == host || lastWriter == 0));
    }

    /** 6: the group is up within its bound after a majority healed. */
    void up(long since, long boundNanos) {
        if (lastAcknowledgedAt <= since) {
            fail(
                    "6 liveness",
                    "nothing was acknowledged in the " + boundNanos / Simulation.MILLI + " ms since a majority healed");
        }
    }

    /** 6: and stays up. */
    void stillUp(long since) {
        if (lastAcknowledgedAt < since) {
            fail("6 liveness", "the group came up and went down without a fault");
        }
    }

    int grants() {
        return grants;
    }

    int takeovers() {
        return takeovers;
    }

    int reads() {
        return reads;
    }

    int writes() {
        return writes;
    }

    private void fail(String broken, String message) {
        throw new SimulationFailure(
                broken, simulation.describe(broken + ": group " + SimulatedGroup.keyOf(group) + ": " + message));
    }
}
