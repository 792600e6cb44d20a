// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One of two copies of a toy disk, with an application that writes to it as long as the lease page allows. Simple where the
 * real mirror is not (a resync takes one message), the same where the lease protocol matters: when a write may be
 * acknowledged, and what the record says of each copy.
 */
final class ToyMirror {
    private static final UUID DATA = new UUID(1, 1);
    private static final long PEER_PATIENCE = 150 * Simulation.MILLI;

    private final Simulation simulation;
    private final SimulatedHost host;

    // On the toy disk.
    private Content content = Content.BLANK;
    private boolean consistent = true;
    private Epoch highestEpoch = Epoch.NONE;

    // As Primary.
    private Epoch primaryEpoch = Epoch.NONE;
    private boolean recorded;
    private boolean recordedPeer;
    private boolean waitForPeer;
    private boolean peerNeedsSync;
    private @Nullable Content waiting;
    private long waitingSince;
    private long change;
    private boolean changeIsOutdated;

    // As Secondary.
    private @Nullable Content syncing;

    ToyMirror(Simulation simulation, SimulatedHost host) {
        this.simulation = simulation;
        this.host = host;
    }

    void boot() {
        if (host.number() <= 2) {
            turn();
        }
    }

    void powerOff() {
        demote();
        syncing = null;
    }

    Epoch primaryEpoch() {
        return primaryEpoch;
    }

    List<CopyEntry> goodCopies() {
        return consistent ? List.of(entry(host.number(), true)) : List.of();
    }

    private static CopyEntry entry(int number, boolean upToDate) {
        return new CopyEntry(DATA, new UUID(2, number), upToDate, 1);
    }

    private int peer() {
        return 3 - host.number();
    }

    // ---- Primary

    void promote(Epoch epoch, List<CopyEntry> copies) {
        if (epoch.equals(primaryEpoch)) {
            return;
        }
        host.trace("promoted under " + epoch + " with " + content);
        primaryEpoch = epoch;
        highestEpoch = epoch.isAbove(highestEpoch) ? epoch : highestEpoch;
        syncing = null;
        recorded = !copies.isEmpty();
        recordedPeer = copies.contains(entry(peer(), true));
        waitForPeer = copies.isEmpty() || recordedPeer;
        peerNeedsSync = !waitForPeer;
        waiting = null;
        change = 0;
        if (!consistent) {
            // The superblock was overtaken by a resync that began after the lease was wanted: refuse.
            host.move();
            return;
        }
        if (copies.isEmpty()) {
            simulation.truth.recordIsEmpty(host);
        } else {
            simulation.truth.promoted(host, content);
        }
    }

    void demote() {
        primaryEpoch = Epoch.NONE;
        waiting = null;
        change = 0;
    }

    private boolean mayAct() {
        return !primaryEpoch.equals(Epoch.NONE)
                && (!simulation.has(ToySafeguard.LEASE_PAGE)
                        || (host.usable() && host.pageEpoch().equals(primaryEpoch)));
    }

    /** The application's turn, every 20 to 60 ms. */
    private void turn() {
        simulation.at(
                simulation.now() + 20 * Simulation.MILLI + simulation.random(40 * Simulation.MILLI),
                host.mirrorLane(),
                this::turn);
        if (!mayAct()) {
            return;
        }
        if (!recorded) {
            // First start: both copies are blank and equal, which the real mirror sees when they meet.
            change(false);
            return;
        }
        Content begun = waiting;
        if (begun == null) {
            content = content.write(primaryEpoch);
            waiting = content;
            waitingSince = simulation.now();
            if (!waitForPeer) {
                complete();
            }
        } else if (waitForPeer && simulation.now() - waitingSince > PEER_PATIENCE) {
            if (simulation.has(ToySafeguard.OUTDATE_FIRST)) {
                change(true);
            } else {
                waitForPeer = false;
                complete();
            }
        }
        if (waitForPeer && !recordedPeer) {
            change(false);
        }
        host.send(
                peer(),
                peerNeedsSync
                        ? new SimulatedPacket.Sync(primaryEpoch, content)
                        : new SimulatedPacket.Write(primaryEpoch, content));
    }

    private void complete() {
        Content done = waiting;
        if (done != null && mayAct()) {
            waiting = null;
            simulation.truth.acknowledged(host, done);
        }
    }

    /** Asks to record that nobody has the data. */
    void forgetAllCopies() {
        if (!primaryEpoch.equals(Epoch.NONE) && change == 0) {
            host.recordChange(primaryEpoch, List.of(entry(host.number(), false), entry(peer(), false)));
        }
    }

    private void change(boolean outdated) {
        if (change == 0) {
            changeIsOutdated = outdated;
            // The keeper may be away: then the request is asked again at the next turn.
            change = host.recordChange(primaryEpoch, List.of(entry(host.number(), true), entry(peer(), !outdated)));
        }
    }

    void recorded(long request, boolean ok) {
        if (request != change) {
            return;
        }
        change = 0;
        if (!ok) {
            return;
        }
        recorded = true;
        recordedPeer = !changeIsOutdated;
        if (changeIsOutdated) {
            waitForPeer = false;
            peerNeedsSync = true;
            complete();
        }
    }

    /** The keeper was restarted and knows nothing of a change that was asked. */
    void keeperForgot() {
        change = 0;
    }

    // ---- From the peer

    void receive(SimulatedHost from, SimulatedPacket.Mirror message) {
        switch (message) {
            case SimulatedPacket.Write(var epoch, var written) -> {
                if (mayApply(epoch)) {
                    if (consistent && (content == written || written.isWrittenOn(content))) {
                        apply(epoch, written);
                        host.send(from.number(), new SimulatedPacket.Written(epoch, written));
                    } else if (!consistent || !content.holdsAllOf(written)) {
                        host.send(from.number(), new SimulatedPacket.NotWritten(epoch));
                    }
                }
            }
            case SimulatedPacket.Sync(var epoch, var whole) -> {
                if (mayApply(epoch)) {
                    sync(from, epoch, whole);
                }
            }
            case SimulatedPacket.Written(var epoch, var written) -> {
                if (epoch.equals(primaryEpoch) && written == content) {
                    peerHas(written);
                }
            }
            case SimulatedPacket.NotWritten(var epoch) -> {
                if (epoch.equals(primaryEpoch)) {
                    peerNeedsSync = true;
                }
            }
        }
    }

    private boolean mayApply(Epoch epoch) {
        if (highestEpoch.isAbove(epoch) && simulation.has(ToySafeguard.REFUSE_OLD_EPOCH)) {
            return false;
        }
        if (epoch.isAbove(highestEpoch)) {
            // A higher owner exists: whatever this one was doing is over.
            primaryEpoch = Epoch.NONE;
        }
        return primaryEpoch.equals(Epoch.NONE);
    }

    private void apply(Epoch epoch, Content written) {
        simulation.truth.applied(host, epoch, highestEpoch);
        highestEpoch = epoch.isAbove(highestEpoch) ? epoch : highestEpoch;
        content = written;
    }

    private void sync(SimulatedHost from, Epoch epoch, Content whole) {
        if (consistent && content.holdsAllOf(whole)) {
            host.send(from.number(), new SimulatedPacket.Written(epoch, content));
            return;
        }
        simulation.truth.applied(host, epoch, highestEpoch);
        highestEpoch = epoch;
        consistent = false;
        host.want();
        syncing = whole;
        simulation.at(simulation.now() + 5 * Simulation.MILLI, host.mirrorLane(), () -> {
            if (syncing == whole && primaryEpoch.equals(Epoch.NONE) && !highestEpoch.isAbove(epoch)) {
                apply(epoch, whole);
                consistent = true;
                syncing = null;
                host.want();
                host.send(from.number(), new SimulatedPacket.Written(epoch, whole));
            }
        });
    }

    private void peerHas(Content written) {
        if (change != 0 && changeIsOutdated) {
            return;
        }
        peerNeedsSync = false;
        if (!waitForPeer) {
            // From here on every write waits for the peer; then, not before, the record may call it up to date.
            waitForPeer = true;
            change(false);
        }
        if (written == waiting) {
            complete();
        }
    }
}
