// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.edge;

import io.metalha.e2e.client.RawClock;
import io.metalha.e2e.evidence.Outage;
import io.metalha.e2e.kube.Failover;
import io.metalha.e2e.kube.Group;
import io.metalha.e2e.story.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Takes the power from server1, which has the address, again and again; between two rounds it goes home. The standby runs all the while, as one
 * does: a server that has just booted is slower, whatever runs on it.
 */
final class PowerLosses {
    /** Moves the moment of the fault through the heartbeat's period, whose place would else be the same each time. */
    private static final long SHIFT_NANOS = TimeUnit.MILLISECONDS.toNanos(7);

    private final Edge edge;
    private final Consumer<String> out;

    /**
     * One failover.
     *
     * @param outageMillis between two good answers, as the visitor saw it
     * @param boundMillis what was promised before the fault
     */
    record Loss(long outageMillis, long boundMillis) {}

    PowerLosses(Edge edge, Consumer<String> out) {
        this.edge = edge;
        this.out = out;
    }

    List<Loss> play(int rounds) {
        var losses = new ArrayList<Loss>();
        for (int round = 1; round <= rounds; round++) {
            edge.home();
            LockSupport.parkNanos(round * SHIFT_NANOS);
            losses.add(once(round));
        }
        return losses;
    }

    private Loss once(int round) {
        Group before = edge.group();
        String owner = before.active();
        List<String> known = before.failovers().stream().map(Failover::id).toList();
        edge.awaitServed(RawClock.nanos());
        long at = RawClock.nanos();
        edge.lab().kill(owner);
        Failover failover = awaitFailover(known);
        Outage outage = edge.awaitServed(at);
        edge.lab().revive(owner);
        long bound = failover.boundMillis().orElse(0);
        out.accept("round %3d  %s dead, first answer after %d ms of at most %d ms %s"
                .formatted(round, owner, outage.millis(), bound, failover.phases()));
        return new Loss(outage.millis(), bound);
    }

    private Failover awaitFailover(List<String> known) {
        var found = new ArrayList<Failover>();
        Await.until(Edge.WAIT, "a takeover in edge's history", () -> {
            edge.group().failovers().stream()
                    .filter(failover -> failover.isTakeover() && !known.contains(failover.id()))
                    .findFirst()
                    .ifPresent(found::add);
            return found.isEmpty() ? Optional.of(edge.group().brief()) : Optional.empty();
        });
        return found.getFirst();
    }
}
