// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.VoterId;
import io.metalha.node.lease.VoterSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The operator's stand-in that changes the voter set: witnesses are added, each under a new number, and taken out, one at a time. It looks
 * now and then, is dead in between for seconds, and finds what it had published. A published set reaches each keeper when it does; who was taken
 * out perhaps never hears of it, and goes on under the set it knows.
 */
final class VoterChanges {
    /** How many witnesses more there may be in the life of a cluster. */
    static final int SPARES = 3;

    private static final long MILLI = Simulation.MILLI;

    private final Simulation simulation;
    private final SplittableRandom random;
    private final Lane lane = new Lane();
    private VoterSet published;
    private int highest;

    VoterChanges(Simulation simulation, SplittableRandom random, int voters) {
        this.simulation = simulation;
        this.random = random;
        this.highest = voters;
        this.published = new VoterSet(
                1, IntStream.rangeClosed(1, voters).mapToObj(VoterId::new).toList());
    }

    VoterSet published() {
        return published;
    }

    boolean isMember(SimulatedHost host) {
        return published.voters().contains(new VoterId(host.number()));
    }

    List<SimulatedHost> members() {
        return simulation.hosts().stream().filter(this::isMember).toList();
    }

    /** No change is under way. */
    boolean isSettled() {
        return members().stream().allMatch(host -> host.settledSet() == published.number());
    }

    void begin() {
        boolean dead = random.nextInt(10) == 0;
        long pause = dead ? 1_000 * MILLI + random.nextLong(2_000 * MILLI) : random.nextLong(400 * MILLI);
        simulation.at(simulation.now() + pause, lane, () -> {
            look();
            begin();
        });
    }

    private void look() {
        if (!isSettled() && simulation.has(ToySafeguard.ONE_CHANGE_AT_A_TIME)) {
            // Story, without: (1) server1's store was lost. (2) Voter 4, whose store is new, is added. (3) Two of four
            // know anything, which is no majority, and
            // neither of the others is ever admitted.
            return;
        }
        List<VoterId> next = new ArrayList<>(published.voters());
        List<VoterId> witnesses =
                next.stream().filter(voter -> voter.number() > 2).toList();
        boolean adds = highest < simulation.hostCount() && (witnesses.isEmpty() || random.nextBoolean());
        if (adds) {
            next.add(new VoterId(++highest));
        } else if (witnesses.size() > 1) {
            next.remove(witnesses.get(random.nextInt(witnesses.size())));
        } else {
            return;
        }
        List<SimulatedHost> before = members();
        published = new VoterSet(published.number() + 1, next);
        VoterSet set = published;
        simulation.trace("voter set " + set.number() + " is published: " + set.voters());
        simulation.struck(FaultKind.VOTER_CHANGE);
        for (SimulatedHost host : simulation.hosts()) {
            if (isMember(host)) {
                simulation.at(simulation.now() + reaches(), lane, () -> reach(host, set));
            } else if (before.contains(host) && random.nextBoolean()) {
                simulation.at(simulation.now() + reaches(), lane, () -> end(host));
            }
        }
    }

    private long reaches() {
        return random.nextLong(random.nextInt(3) == 0 ? 2_000 * MILLI : 100 * MILLI);
    }

    /** A keeper takes a set by beginning anew; one that is not there, or has no time, at its next start. */
    private void reach(SimulatedHost host, VoterSet set) {
        host.told(set);
        if (host.isFresh()) {
            host.boot();
        } else if (host.isPowered() && !host.standsStill() && host.keeperRuns()) {
            host.restartKeeper(1 + random.nextLong(20 * MILLI), true);
        }
    }

    private static void end(SimulatedHost host) {
        if (host.isPowered()) {
            host.powerOff();
        }
    }

    void heal() {
        lane.end();
        simulation.hosts().stream().filter(host -> !isMember(host)).forEach(VoterChanges::end);
    }

    /** The present set reaches the voter, which does not stand still; one that is off uses it when it boots. */
    void healed(SimulatedHost voter) {
        if (voter.told(published) && voter.isPowered()) {
            voter.restartKeeper(1, true);
        }
    }
}
