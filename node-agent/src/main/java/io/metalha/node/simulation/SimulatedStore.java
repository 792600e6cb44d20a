// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.Timing;
import io.metalha.node.lease.LeaseEffect;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.StoreState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A voter's record files. Writes take time; what has not been completed is lost with the power, or torn: then the other slot holds. */
final class SimulatedStore {
    private final Simulation simulation;
    private final Lane disk;
    private final ArrayDeque<LeaseEffect> writing = new ArrayDeque<>();
    private StoreState state = StoreState.EMPTY;
    private Duration longestGrant = Duration.ZERO;
    private LeaseEvent.@Nullable StoredGroup group;
    private long busyUntil;
    private long slowUntil;

    SimulatedStore(Simulation simulation, Lane disk) {
        this.simulation = simulation;
        this.disk = disk;
    }

    LeaseEvent.Started started(Timing timing) {
        return new LeaseEvent.Started(
                state,
                longestGrant.isZero() ? timing.lease() : longestGrant,
                group == null ? List.of() : List.of(group));
    }

    void slowUntil(long until) {
        slowUntil = until;
    }

    void write(LeaseEffect effect, Runnable completed) {
        long now = simulation.now();
        long takes = now < slowUntil
                ? simulation.random(300 * Simulation.MILLI)
                : 200_000 + simulation.random(3 * Simulation.MILLI);
        busyUntil = Math.max(busyUntil, now) + takes;
        writing.add(effect);
        simulation.at(busyUntil, disk, () -> {
            apply(writing.remove());
            completed.run();
        });
    }

    /** Power off: of the writes under way a first few may have reached the disk all the same. */
    void powerOff() {
        while (!writing.isEmpty() && simulation.chance(0.3)) {
            apply(writing.remove());
        }
        writing.clear();
        busyUntil = 0;
    }

    void replaceDisk() {
        state = StoreState.EMPTY;
        longestGrant = Duration.ZERO;
        group = null;
    }

    boolean isVoting() {
        return state == StoreState.VOTING;
    }

    private void apply(LeaseEffect effect) {
        if (effect instanceof LeaseEffect.Persist(long _, long key, Epoch promised, GroupRecord record)) {
            group = new LeaseEvent.StoredGroup(key, promised, record);
        } else if (effect instanceof LeaseEffect.PersistStore(long _, StoreState newState, Duration longest)) {
            state = newState;
            longestGrant = longest;
        }
    }
}
