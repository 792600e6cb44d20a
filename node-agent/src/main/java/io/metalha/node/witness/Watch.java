// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.core.GroupRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one server has seen of the object, since when, and what it remembers of it.
 *
 * <p>Invariant: a grant that this says is over was given longer ago than it lasts. A grant was written before the answer that showed it first was
 * received; so from there its length is counted, by this host's clock. Two answers that are further apart than the gap, or that are of two objects,
 * begin the watch anew, and before a whole lease of watching nothing is over.
 *
 * <p>Story, without the gap: (1) server2 saw renewal 95 a minute ago and reaches the API server no more. (2) server1 renews, 96 to 100. (3) The API
 * server is restored from a backup with 95. (4) server2 sees 95, as a minute ago, and takes over beside server1.
 */
final class Watch {
    private final String clusterUid;
    private final WitnessTiming timing;
    private final Set<WitnessSafeguard> missing;
    private final Map<Long, Grant> grants = new HashMap<>();
    private @Nullable Snapshot seen;
    private long askedAt;
    private long watchingSince;
    private WitnessMemory memory;

    private record Grant(Register register, long since) {}

    Watch(String clusterUid, WitnessTiming timing, WitnessMemory memory, Set<WitnessSafeguard> missing) {
        this.clusterUid = clusterUid;
        this.timing = timing;
        this.memory = memory;
        this.missing = missing;
    }

    WitnessMemory memory() {
        return memory;
    }

    @Nullable
    Snapshot seen() {
        return seen;
    }

    /** An answer came. True: the memory has grown. */
    boolean observe(Snapshot snapshot, long asked, long now) {
        Snapshot before = seen;
        boolean goesOn = before != null
                && before.uid().equals(snapshot.uid())
                && (now - askedAt <= timing.gapNanos() || missing.contains(WitnessSafeguard.WATCH_WITHOUT_GAP));
        if (!goesOn) {
            grants.clear();
            watchingSince = now;
        }
        seen = snapshot;
        askedAt = asked;
        snapshot.registers().byGroup().forEach((group, register) -> {
            Grant known = grants.get(group);
            boolean same = known != null && known.register().isGrantOf(register);
            grants.put(group, new Grant(register, known != null && same ? known.since() : now));
        });
        return remember(snapshot);
    }

    /** Nobody knows what the object is now. */
    void lose() {
        seen = null;
    }

    /** Whether what was seen last is new enough to decide on. */
    boolean isFresh(long now) {
        return seen != null && now - askedAt <= timing.gapNanos();
    }

    boolean isOurs() {
        return seen != null && seen.registers().clusterUid().equals(clusterUid);
    }

    /** The object was never written, and nothing of it was ever seen. */
    boolean isBlank() {
        return seen != null && seen.registers().writes() == 0 && memory.isNothing();
    }

    /** Whether the object lacks, or may lack, what it once had of this group. */
    boolean forgot(long group) {
        Snapshot present = seen;
        if (present == null) {
            return true;
        }
        if (missing.contains(WitnessSafeguard.ABSTAINS_BACKWARDS)) {
            return false;
        }
        Registers registers = present.registers();
        boolean another = !memory.uid().isEmpty() && !memory.uid().equals(present.uid());
        if (!registers.has(group)) {
            return another || !registers.complete() || memory.serial(group) > 0;
        }
        return (another && registers.complete()) || registers.of(group).serial() < memory.serial(group);
    }

    /** Groups that are remembered or named, and forgotten. */
    int forgotten() {
        Snapshot present = seen;
        if (present == null) {
            return 0;
        }
        Map<Long, Register> all = new TreeMap<>(present.registers().byGroup());
        memory.serials().keySet().forEach(group -> all.putIfAbsent(group, Register.NONE));
        return (int) all.keySet().stream().filter(this::forgot).count();
    }

    /** Nanoseconds until the voter could promise the group to another than its present holder; 0 for now. */
    long remainingNanos(long group, long now) {
        if (missing.contains(WitnessSafeguard.FULL_LEASE_WATCH)) {
            return 0;
        }
        long until = watchingSince + timing.grantedNanos(timing.lease().toMillis());
        Grant grant = grants.get(group);
        if (grant != null
                && !grant.register().released()
                && !grant.register().record().equals(GroupRecord.EMPTY)) {
            until = Math.max(
                    until, grant.since() + timing.grantedNanos(grant.register().leaseMillis()));
        }
        return Math.max(0, until - now);
    }

    boolean isWatchedLongEnough(long now) {
        return now >= watchingSince + timing.grantedNanos(timing.lease().toMillis());
    }

    private boolean remember(Snapshot snapshot) {
        Registers registers = snapshot.registers();
        if (!registers.clusterUid().equals(clusterUid) || registers.writes() == 0) {
            return false;
        }
        Map<Long, Long> serials = new TreeMap<>(memory.serials());
        registers.byGroup().forEach((group, register) -> {
            if (!forgot(group)) {
                serials.merge(group, register.serial(), Math::max);
            }
        });
        // Another object is taken for the voter once somebody has filled it, and says so.
        boolean adopted = memory.uid().isEmpty() || !registers.complete();
        WitnessMemory grown = new WitnessMemory(adopted ? snapshot.uid() : memory.uid(), serials);
        boolean changed = !grown.equals(memory);
        memory = grown;
        return changed;
    }
}
