// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;

/**
 * What an observer sees who knows everything: the assertions of the design's "must never happen" list. None of the parts
 * under test can read it.
 */
final class Truth {
    private final Simulation simulation;
    private Epoch lastGranted = Epoch.NONE;
    private Content acknowledged = Content.BLANK;
    private long lastAcknowledgedAt;
    private int grants;
    private int writes;

    Truth(Simulation simulation) {
        this.simulation = simulation;
    }

    /** 1: no two nodes may have effects at once; an effect may last the stop margin beyond the usable time. */
    void usable(SimulatedHost host) {
        for (SimulatedHost other : simulation.hosts()) {
            if (other != host && other.mayHaveEffects()) {
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
    }

    /** 2 and 3: what is promoted holds every acknowledged write. */
    void promoted(SimulatedHost host, Content content) {
        if (!content.holdsAllOf(acknowledged)) {
            fail("3 stale copy", host + " is promoted with " + content + ", acknowledged is " + acknowledged);
        }
    }

    /** 2: the record of where good data is must never be forgotten. */
    void recordIsEmpty(SimulatedHost host) {
        if (acknowledged != Content.BLANK) {
            fail("3 record", host + " reads an empty record although " + acknowledged + " was acknowledged");
        }
    }

    /** 2: one line of history, in which no acknowledged write is overwritten. */
    void acknowledged(SimulatedHost host, Content content) {
        if (!content.holdsAllOf(acknowledged)) {
            fail("2 lost write", host + " acknowledges " + content + " beside " + acknowledged);
        }
        acknowledged = content;
        lastAcknowledgedAt = simulation.now();
        writes++;
    }

    /** 4: a lower epoch's write is applied nowhere. */
    void applied(SimulatedHost host, Epoch epoch, Epoch highest) {
        if (highest.isAbove(epoch)) {
            fail("4 old write", host + " applies a write of " + epoch + " after " + highest);
        }
    }

    /** 6: after all faults have healed the group works. */
    void alive(long since) {
        if (lastAcknowledgedAt < since) {
            fail("6 liveness", "no write was acknowledged since the faults healed");
        }
    }

    int grants() {
        return grants;
    }

    int writes() {
        return writes;
    }

    private void fail(String broken, String message) {
        throw new SimulationFailure(broken, simulation.describe(broken + ": " + message));
    }
}
