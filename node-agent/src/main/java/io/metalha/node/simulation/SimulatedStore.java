// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Timing;
import io.metalha.node.lease.LeaseEffect.Persist;
import io.metalha.node.lease.LeaseEffect.PersistStore;
import io.metalha.node.lease.LeaseEvent;
import io.metalha.node.lease.LeaseEvent.StoredGroup;
import io.metalha.node.lease.StoreState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A voter's record files, written as RecordStore does: one batch after another, each file's one slot, then all that is told,
 * then each file's other slot. A batch that fails is written again a second later.
 */
final class SimulatedStore {
    private static final long RETRY_NANOS = 1_000 * Simulation.MILLI;
    private static final long STORE_NAME = 0;

    private final Simulation simulation;
    private final Lane disk;
    private final LongConsumer told;
    private final Map<Long, SimulatedFile> files = new LinkedHashMap<>();
    private SimulatedFile storeFile = new SimulatedFile(STORE_NAME);

    // The writer's, lost when the keeper ends.
    private StoreValue store = new StoreValue(StoreState.EMPTY, Duration.ZERO, 0);
    private final Set<Long> known = new HashSet<>();
    private final Set<Long> learnt = new HashSet<>();
    private final List<Persist> waiting = new ArrayList<>();
    private @Nullable PersistStore waitingStore;
    private long waitingToken;
    private @Nullable Batch present;
    private int written;
    private @Nullable Write underWay;

    private long slowUntil;
    private long failingUntil;
    private long fullUntil;
    private boolean misdirect;
    private @Nullable LongConsumer amidNextWrite;

    /** The value of the file {@code store}. */
    private record StoreValue(StoreState state, Duration longestGrant, int groups) {}

    private record Batch(List<Persist> groups, @Nullable PersistStore store, long token) {}

    private record Write(SimulatedFile file, Runnable apply) {}

    /** @param told up to which token all is on the disk */
    SimulatedStore(Simulation simulation, Lane disk, LongConsumer told) {
        this.simulation = simulation;
        this.disk = disk;
        this.told = told;
    }

    // ---- Start

    boolean canRead() {
        return simulation.now() >= failingUntil;
    }

    LeaseEvent.Started started(Timing timing) {
        known.clear();
        boolean fault = false;
        List<StoredGroup> groups = new ArrayList<>();
        for (SimulatedFile file : files.values()) {
            switch (file.read()) {
                case VALUE -> {
                    known.add(file.name());
                    groups.add(groupOf(file));
                }
                case NOTHING -> {}
                case DAMAGED -> fault = true;
            }
        }
        StoreValue found = null;
        switch (storeFile.read()) {
            case VALUE -> found = storeOf(storeFile);
            case NOTHING -> fault |= !groups.isEmpty();
            case DAMAGED -> fault = true;
        }
        fault |= found != null && groups.size() < found.groups();
        if (found != null && !fault) {
            store = found;
            learnt.clear();
            learnt.addAll(known);
            return new LeaseEvent.Started(found.state(), found.longestGrant(), groups);
        }
        Duration longest = found == null || found.longestGrant().compareTo(timing.lease()) < 0
                ? timing.lease()
                : found.longestGrant();
        store = new StoreValue(StoreState.EMPTY, longest, 0);
        learnt.clear();
        return new LeaseEvent.Started(StoreState.EMPTY, longest, List.of());
    }

    private static StoredGroup groupOf(SimulatedFile file) {
        if (file.value() instanceof StoredGroup group) {
            return group;
        }
        throw new IllegalStateException("no group: " + file.value());
    }

    private static @Nullable StoreValue storeOf(SimulatedFile file) {
        return file.value() instanceof StoreValue value ? value : null;
    }

    // ---- Writing

    void write(Persist effect) {
        waiting.removeIf(before -> before.group() == effect.group());
        waiting.add(effect);
        waitingToken = effect.token();
        begin();
    }

    void write(PersistStore effect) {
        waitingStore = effect;
        waitingToken = effect.token();
        begin();
    }

    private void begin() {
        if (present != null || (waiting.isEmpty() && waitingStore == null)) {
            return;
        }
        List<Persist> order = new ArrayList<>(waiting);
        if (order.size() > 1 && simulation.chance(0.5)) {
            order = order.reversed();
        }
        Batch batch = new Batch(order, waitingStore, waitingToken);
        present = batch;
        waiting.clear();
        waitingStore = null;
        next(batch, 0);
    }

    /** Writes the batch's {@code at}-th file, after the groups' the store's. */
    private void next(Batch batch, int at) {
        written = at;
        if (at < batch.groups().size()) {
            Persist effect = batch.groups().get(at);
            put(batch, fileOf(effect), () -> apply(effect), () -> next(batch, at + 1));
        } else if (batch.store() != null || store.groups() != known.size()) {
            put(batch, storeFile, () -> applyStore(batch), () -> tell(batch, true));
        } else {
            tell(batch, false);
        }
    }

    private SimulatedFile fileOf(Persist effect) {
        return files.computeIfAbsent(effect.group(), SimulatedFile::new);
    }

    private void apply(Persist effect) {
        fileOf(effect).write(new StoredGroup(effect.group(), effect.promised(), effect.record()));
        known.add(effect.group());
        learnt.add(effect.group());
    }

    private void applyStore(Batch batch) {
        PersistStore change = batch.store();
        store = change == null
                ? new StoreValue(store.state(), store.longestGrant(), known.size())
                : new StoreValue(change.state(), change.longestGrant(), known.size());
        storeFile.write(store);
    }

    private void put(Batch batch, SimulatedFile file, Runnable apply, Runnable then) {
        underWay = new Write(file, apply);
        long takes = simulation.now() < slowUntil
                ? simulation.random(300 * Simulation.MILLI)
                : 200_000 + simulation.random(3 * Simulation.MILLI);
        LongConsumer strike = amidNextWrite;
        if (strike != null) {
            amidNextWrite = null;
            strike.accept(takes);
        }
        simulation.at(simulation.now() + takes, disk, () -> {
            underWay = null;
            if (fails(file)) {
                simulation.at(simulation.now() + RETRY_NANOS, disk, () -> next(batch, 0));
            } else {
                apply.run();
                then.run();
            }
        });
    }

    private boolean fails(SimulatedFile file) {
        if (simulation.now() < failingUntil) {
            simulation.struck(FaultKind.DISK_ERROR);
            return true;
        }
        if (simulation.now() < fullUntil && file.grows()) {
            simulation.struck(FaultKind.DISK_FULL);
            return true;
        }
        return false;
    }

    private void tell(Batch batch, boolean storeToo) {
        told.accept(batch.token());
        List<SimulatedFile> fresh = new ArrayList<>();
        batch.groups().forEach(effect -> fresh.add(fileOf(effect)));
        if (storeToo) {
            fresh.add(storeFile);
        }
        settle(batch, fresh, 0);
    }

    private void settle(Batch batch, List<SimulatedFile> fresh, int at) {
        if (at == fresh.size()) {
            present = null;
            begin();
            return;
        }
        SimulatedFile file = fresh.get(at);
        put(
                batch,
                file,
                () -> {
                    if (!(misdirect && isMisdirected(file))) {
                        file.settle();
                    }
                },
                () -> settle(batch, fresh, at + 1));
    }

    private boolean isMisdirected(SimulatedFile file) {
        List<SimulatedFile> others = new ArrayList<>(files.values());
        others.add(storeFile);
        others.remove(file);
        if (others.isEmpty()) {
            return false;
        }
        SimulatedFile victim = others.get((int) simulation.random(others.size()));
        if (!file.settleInto(victim, (int) simulation.random(2))) {
            return false;
        }
        misdirect = false;
        simulation.struck(FaultKind.MISDIRECTED_WRITE);
        return true;
    }

    // ---- What goes wrong

    void slowUntil(long until) {
        slowUntil = Math.max(slowUntil, until);
    }

    void failUntil(long until) {
        failingUntil = Math.max(failingUntil, until);
    }

    void fullUntil(long until) {
        fullUntil = Math.max(fullUntil, until);
    }

    /** Told how long the next write takes, as it begins. */
    void amidNextWrite(LongConsumer strike) {
        amidNextWrite = strike;
    }

    void misdirectNext() {
        misdirect = true;
    }

    void heal() {
        slowUntil = 0;
        failingUntil = 0;
        fullUntil = 0;
        misdirect = false;
        amidNextWrite = null;
    }

    /** One slot of the {@code which}-th file; false where that would be a second fault of the file. */
    boolean corrupt(long which, int slot) {
        return anyFile(which).corrupt(slot);
    }

    /** Only while off: a keeper that lives would write it again. */
    void corruptBoth(long which) {
        anyFile(which).corruptBoth();
        forgot();
    }

    void replaceDisk() {
        files.clear();
        storeFile = new SimulatedFile(STORE_NAME);
        forgot();
    }

    private void forgot() {
        store = new StoreValue(StoreState.EMPTY, Duration.ZERO, 0);
        learnt.clear();
    }

    private SimulatedFile anyFile(long which) {
        int at = (int) (which % (files.size() + 1));
        return at == files.size() ? storeFile : List.copyOf(files.values()).get(at);
    }

    /** The power goes: of the write under way the old, the new, or neither is there, and what waited is lost. */
    void powerOff() {
        Write write = underWay;
        if (write != null) {
            Batch batch = present;
            if (simulation.may(FaultKind.TORN_WRITE)
                    && simulation.chance(0.3)
                    && write.file().tear()) {
                simulation.struck(FaultKind.TORN_WRITE);
            } else if (batch != null
                    && written + 1 < batch.groups().size()
                    && simulation.may(FaultKind.REORDERED_WRITE)
                    && simulation.chance(0.5)) {
                simulation.struck(FaultKind.REORDERED_WRITE);
                apply(batch.groups().getLast());
            } else if (simulation.may(FaultKind.LOST_WRITE) && simulation.chance(0.7)) {
                simulation.struck(FaultKind.LOST_WRITE);
            } else {
                write.apply().run();
            }
        }
        forget();
    }

    /** The keeper ends, the power stays. In order: what waits is written first, if it can be. */
    void keeperEnds(boolean inOrder) {
        Write write = underWay;
        Batch batch = present;
        if (write != null && simulation.now() >= failingUntil && (inOrder || simulation.chance(0.5))) {
            write.apply().run();
            if (inOrder && batch != null) {
                batch.groups().stream().skip(written + 1L).forEach(this::apply);
                waiting.forEach(this::apply);
                files.values().forEach(SimulatedFile::settle);
            }
        }
        forget();
    }

    private void forget() {
        disk.end();
        waiting.clear();
        waitingStore = null;
        underWay = null;
        present = null;
    }

    // ---- What the faults know of it

    boolean isWriting() {
        return underWay != null;
    }

    boolean isVoting() {
        return store.state() == StoreState.VOTING || store.state() == StoreState.FILLING;
    }

    /** Nothing that this voter ever told is missing here, of these groups. */
    boolean isComplete(Set<Long> groups) {
        return store.state() == StoreState.VOTING && learnt.containsAll(groups);
    }

    Set<Long> learnt() {
        return learnt;
    }
}
