// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.Timing;
import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Voter 2 of 1, 2, 3 by itself: what it is told and what it says, without a cluster around it. */
final class TestVoter {
    static final long GROUP = 42;
    static final Epoch E1 = new Epoch(1, 1);
    static final Epoch E2 = new Epoch(2, 3);
    static final Timing TIMING = Timing.normal();
    static final VoterId V1 = new VoterId(1);
    static final VoterId V3 = new VoterId(3);
    static final long MILLI = 1_000_000;

    final LeaseCore core;
    private long now = 1_000_000 * MILLI;
    private long written;
    private long unwritten;

    TestVoter(LeaseEvent.Started store, Safeguard... missing) {
        this(store, TIMING, missing);
    }

    TestVoter(LeaseEvent.Started store, long setNumber) {
        this(store, TIMING, setNumber);
    }

    TestVoter(LeaseEvent.Started store, Timing timing, Safeguard... missing) {
        this(store, timing, 0, missing);
    }

    private TestVoter(LeaseEvent.Started store, Timing timing, long setNumber, Safeguard... missing) {
        Set<Safeguard> gone = EnumSet.noneOf(Safeguard.class);
        gone.addAll(List.of(missing));
        var config = new LeaseConfig(new VoterId(2), new VoterSet(setNumber, List.of(V1, new VoterId(2), V3)), timing);
        core = new LeaseCore(config, () -> 7, gone);
        step(store);
        written();
    }

    /** A voter that has long been up. */
    static TestVoter settled(Safeguard... missing) {
        var voter = new TestVoter(stored(Epoch.NONE, GroupRecord.EMPTY), missing);
        voter.pass(2_000);
        return voter;
    }

    static LeaseEvent.Started stored(Epoch promised, GroupRecord record) {
        return new LeaseEvent.Started(
                StoreState.VOTING, TIMING.lease(), List.of(new LeaseEvent.StoredGroup(GROUP, promised, record)));
    }

    static GroupRecord record(Epoch epoch, long sequence, CopyEntry... copies) {
        return new GroupRecord(epoch, sequence, epoch.voter(), List.of(copies));
    }

    static CopyEntry copy(int number, boolean upToDate) {
        return new CopyEntry(new UUID(1, 1), new UUID(2, number), upToDate, 1);
    }

    long now() {
        return now;
    }

    void pass(long millis) {
        now += millis * MILLI;
        step(new LeaseEvent.Tick());
    }

    List<LeaseEffect> stepAfter(long millis, LeaseEvent event) {
        now += millis * MILLI;
        return step(event);
    }

    /** One event; answers the effects, what it would send among them. */
    List<LeaseEffect> step(LeaseEvent event) {
        List<LeaseEffect> effects = core.step(event, new MonotonicTime(now));
        for (LeaseEffect effect : effects) {
            switch (effect) {
                case LeaseEffect.Persist persist -> unwritten = persist.token();
                case LeaseEffect.PersistStore persist -> unwritten = persist.token();
                default -> {}
            }
        }
        return effects;
    }

    /** The disk completes everything; answers what may be said then. */
    List<LeaseMessage> written() {
        List<LeaseMessage> said = new ArrayList<>();
        while (written < unwritten) {
            written = unwritten;
            said.addAll(sent(step(new LeaseEvent.Persisted(written))));
        }
        return said;
    }

    /** Says it, lets the disk complete, and answers everything that was said back. */
    List<LeaseMessage> hear(VoterId from, LeaseMessage message) {
        List<LeaseMessage> said = new ArrayList<>(sent(step(new LeaseEvent.Received(from, message))));
        said.addAll(written());
        return said;
    }

    List<LeaseMessage> hearPrepare(Epoch ballot) {
        return hear(new VoterId(ballot.voter()), new LeaseMessage.Prepare(GROUP, ballot, 5));
    }

    List<LeaseMessage> hearPropose(GroupRecord record) {
        var propose =
                new LeaseMessage.Propose(GROUP, record, (int) TIMING.lease().toMillis(), 6);
        return hear(new VoterId(record.epoch().voter()), propose);
    }

    boolean hearRenew(Epoch epoch) {
        return core.onRenew(epoch.voter(), GROUP, epoch.counter(), epoch.voter(), 800, now);
    }

    static List<LeaseMessage> sent(List<LeaseEffect> effects) {
        return effects.stream()
                .flatMap(effect -> effect instanceof LeaseEffect.Send send ? Stream.of(send.message()) : Stream.empty())
                .toList();
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }
}
