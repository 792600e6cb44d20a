// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.Timing;
import io.metalha.node.lease.LeaseMessage.StoreIs;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether this voter's store may vote, and from when on (safety rules 5 and 7). One for all groups.
 *
 * <p>Story, without: server2's disk is replaced. Its empty store answers "nobody ever held this, no data is known"; with
 * server1 away, server2 and an equally empty witness would found the cluster anew over the old data.
 */
final class Admission {
    private final Outbox out;
    private final @Nullable StoreState[] seen;
    private StoreState state = StoreState.EMPTY;
    private StoreState durable = StoreState.EMPTY;
    private long longestGrantMillis;
    private long durableLongestMillis;
    private long writtenWith;
    private long startedAt;
    private long waitMillis;
    private long nextCall = Long.MAX_VALUE;

    Admission(Outbox out) {
        this.out = out;
        this.seen = new @Nullable StoreState[out.voters];
    }

    void start(StoreState stored, Duration storedLongestGrant) {
        Timing timing = out.config.timing();
        state = stored;
        durable = stored;
        startedAt = out.now();
        durableLongestMillis = storedLongestGrant.toMillis();
        longestGrantMillis = Math.max(durableLongestMillis, timing.lease().toMillis());
        waitMillis = out.has(Safeguard.LONGEST_GRANT)
                ? longestGrantMillis
                : timing.lease().toMillis();
        if (stored != StoreState.VOTING) {
            // What is forgotten here may still be counted by a candidate: two rounds, which are long where a voter only
            // stores.
            waitMillis = Math.max(waitMillis, 2 * out.config.round().toMillis());
        }
        if (longestGrantMillis > durableLongestMillis) {
            write();
        }
        nextCall = out.now();
        advance();
    }

    boolean votes() {
        return durable == StoreState.VOTING || durable == StoreState.FILLING || !out.has(Safeguard.EMPTY_ABSTAINS);
    }

    /** Whether a group that is not in the store must be learnt from the others before voting on it. */
    boolean mustLearn() {
        return state == StoreState.FILLING && out.has(Safeguard.EMPTY_ABSTAINS);
    }

    /** Has lost something, and may vote again on what it has learnt anew. */
    boolean isFilling() {
        return durable == StoreState.FILLING && mustLearn();
    }

    /** Has everything that it ever told. */
    boolean isWhole() {
        return durable == StoreState.VOTING;
    }

    /** Each group that there is was learnt. */
    void filled() {
        state = StoreState.VOTING;
        write();
    }

    /** How long this voter still waits for what it may have granted before it was started; 0 for no longer. */
    long restartWaitNanos() {
        if (!out.has(Safeguard.RESTART_WAIT)) {
            return 0;
        }
        return Math.max(0, startedAt + grantedForNanos(waitMillis) - out.now());
    }

    /** How long a grant is kept here: the holder's clock may be slower by the bound on drift. */
    long grantedForNanos(long leaseMillis) {
        long nanos = leaseMillis * 1_000_000;
        int drift = out.has(Safeguard.DRIFT) ? out.config.timing().driftPermille() : 0;
        return nanos + nanos / 1000 * drift;
    }

    /** Whether so long a grant is on the disk as the longest; if not it is written, and the request must come again. */
    boolean mayGrant(int leaseMillis) {
        if (leaseMillis > longestGrantMillis) {
            longestGrantMillis = leaseMillis;
            write();
        }
        return mayGrantNow(leaseMillis);
    }

    /** Allocates nothing. */
    boolean mayGrantNow(int leaseMillis) {
        return leaseMillis <= durableLongestMillis || !out.has(Safeguard.LONGEST_GRANT);
    }

    void onStoreIs(int from, StoreIs told) {
        seen[from] = told.state();
        if (told.answerWanted()) {
            out.send(from, new StoreIs(durable, (int) longestGrantMillis, false));
        }
        if (durable == StoreState.EMPTY && told.longestGrantMillis() > waitMillis) {
            waitMillis = told.longestGrantMillis();
        }
        admit();
    }

    void forget(int peer) {
        seen[peer] = null;
    }

    /** Time went on, or the disk did. */
    void advance() {
        if (writtenWith > 0 && out.isPersisted(writtenWith)) {
            durable = state;
            durableLongestMillis = longestGrantMillis;
            writtenWith = 0;
        }
        admit();
        if (durable == StoreState.VOTING || durable == StoreState.FILLING) {
            nextCall = Long.MAX_VALUE;
        } else if (out.now() >= nextCall) {
            nextCall = out.now() + out.config.timing().heartbeat().toNanos();
            out.sendOthers(new StoreIs(durable, (int) longestGrantMillis, true));
        }
    }

    long nextDeadlineNanos() {
        return nextCall;
    }

    private void admit() {
        StoreState next = next();
        if (next != state) {
            state = next;
            write();
        }
    }

    private StoreState next() {
        // One step at a time, each on the disk before the next.
        if (state != durable) {
            return state;
        }
        int members = count(List.of(StoreState.FILLING, StoreState.VOTING));
        return switch (state) {
            case EMPTY -> {
                if (count(List.of(StoreState.EMPTY, StoreState.READY)) == out.voters - 1) {
                    yield StoreState.READY;
                }
                yield members >= out.config.majority() ? StoreState.FILLING : StoreState.EMPTY;
            }
            case READY ->
                members > 0 || count(List.of(StoreState.READY)) == out.voters - 1
                        ? StoreState.VOTING
                        : StoreState.READY;
            case FILLING -> StoreState.FILLING;
            case VOTING -> StoreState.VOTING;
        };
    }

    private int count(List<StoreState> states) {
        int count = 0;
        for (int voter = 0; voter < seen.length; voter++) {
            StoreState each = seen[voter];
            count += voter != out.self && each != null && states.contains(each) ? 1 : 0;
        }
        return count;
    }

    private void write() {
        writtenWith = out.persistStore(state, Duration.ofMillis(longestGrantMillis));
    }
}
