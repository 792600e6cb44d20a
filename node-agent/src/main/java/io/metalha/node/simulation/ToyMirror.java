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
    private final SimulatedGroup group;

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
    private boolean met;
    private @Nullable Content waiting;
    private long waitingSince;
    private long change;
    private boolean changeIsOutdated;

    private boolean turning;

    // As Secondary.
    private @Nullable Content syncing;

    ToyMirror(Simulation simulation, SimulatedHost host, SimulatedGroup group) {
        this.simulation = simulation;
        this.host = host;
        this.group = group;
    }

    void powerOff() {
        demote();
        turning = false;
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
        met = false;
        change = 0;
        startTurns();
        if (!consistent) {
            // The superblock was overtaken by a resync that began after the lease was wanted: refuse.
            group.move();
            return;
        }
        if (copies.isEmpty()) {
            group.truth().recordIsEmpty(host);
        } else {
            group.truth().promoted(host, content);
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
                        || (group.usable() && group.pageEpoch().equals(primaryEpoch)));
    }

    private void startTurns() {
        if (!turning) {
            turning = true;
            turn();
        }
    }

    /** The application's turn, every 20 to 60 ms in most seeds. */
    private void turn() {
        if (primaryEpoch.equals(Epoch.NONE)) {
            turning = false;
            return;
        }
        simulation.at(simulation.now() + simulation.applicationPause(), host.mirrorLane(), this::turn);
        if (mayAct()) {
            act();
        }
    }

    private void act() {
        if (!recorded) {
            // First start: both copies are blank and equal, which the real mirror sees when they meet.
            change(false);
            return;
        }
        Content begun = waiting;
        if ((met || !waitForPeer) && simulation.chance(0.25)) {
            read(begun == null ? content : begun.before());
        }
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
                        ? new SimulatedPacket.Sync(group.index(), primaryEpoch, content)
                        : new SimulatedPacket.Write(group.index(), primaryEpoch, content));
    }

    /**
     * Asks now, is answered a moment later if the lease still allows. After a promotion not before the peer was met or is
     * recorded Outdated: what was read once must not be gone when the peer is promoted next. Nobody reads what is being
     * written.
     */
    private void read(Content value) {
        Content before = group.truth().answered();
        Epoch epoch = primaryEpoch;
        simulation.at(simulation.now() + simulation.random(5 * Simulation.MILLI), host.mirrorLane(), () -> {
            if (epoch.equals(primaryEpoch) && mayAct()) {
                group.truth().read(host, before, value);
            }
        });
    }

    private void complete() {
        Content done = waiting;
        if (done != null && mayAct()) {
            waiting = null;
            group.truth().acknowledged(host, done);
        }
    }

    /** Asks to record that nobody has the data. */
    boolean forgetAllCopies() {
        if (primaryEpoch.equals(Epoch.NONE) || change != 0 || !mayAct()) {
            return false;
        }
        host.recordChange(group.key(), primaryEpoch, List.of(entry(host.number(), false), entry(peer(), false)));
        return true;
    }

    private void change(boolean outdated) {
        if (change == 0) {
            changeIsOutdated = outdated;
            // The keeper may be away: then the request is asked again at the next turn.
            change = host.recordChange(
                    group.key(), primaryEpoch, List.of(entry(host.number(), true), entry(peer(), !outdated)));
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
            case SimulatedPacket.Write(int _, var epoch, var written) -> {
                if (mayApply(epoch)) {
                    if (consistent && (content == written || written.isWrittenOn(content))) {
                        apply(epoch, written);
                        host.send(from.number(), new SimulatedPacket.Written(group.index(), epoch, written));
                    } else if (!consistent || !content.holdsAllOf(written)) {
                        host.send(from.number(), new SimulatedPacket.NotWritten(group.index(), epoch));
                    }
                }
            }
            case SimulatedPacket.Sync(int _, var epoch, var whole) -> {
                if (mayApply(epoch)) {
                    sync(from, epoch, whole);
                }
            }
            case SimulatedPacket.Written(int _, var epoch, var written) -> {
                if (epoch.equals(primaryEpoch) && written == content) {
                    peerHas(written);
                }
            }
            case SimulatedPacket.NotWritten(int _, var epoch) -> {
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
        group.truth().applied(host, epoch, highestEpoch);
        highestEpoch = epoch.isAbove(highestEpoch) ? epoch : highestEpoch;
        content = written;
    }

    private void sync(SimulatedHost from, Epoch epoch, Content whole) {
        if (consistent && content.holdsAllOf(whole)) {
            host.send(from.number(), new SimulatedPacket.Written(group.index(), epoch, content));
            return;
        }
        group.truth().applied(host, epoch, highestEpoch);
        highestEpoch = epoch;
        consistent = false;
        group.want();
        syncing = whole;
        simulation.at(simulation.now() + 5 * Simulation.MILLI, host.mirrorLane(), () -> {
            if (syncing == whole && primaryEpoch.equals(Epoch.NONE) && !highestEpoch.isAbove(epoch)) {
                apply(epoch, whole);
                consistent = true;
                syncing = null;
                group.want();
                host.send(from.number(), new SimulatedPacket.Written(group.index(), epoch, whole));
            }
        });
    }

    private void peerHas(Content written) {
        if (change != 0 && changeIsOutdated) {
            return;
        }
        peerNeedsSync = false;
        met = true;
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
