// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A person forces an old copy: it must get a generation of its own, so that the copy with the newer data is never taken for its past. */
class ForcedPromotionTest {
    private static final long SIZE = BlockSet.EXTENT_BYTES;
    private static final UUID DATA = new UUID(0, 7);
    private static final long SHARED = 1;
    private static final long NEWER = 2;
    private static final Epoch FIRST = new Epoch(1, 1);
    private static final Epoch FORCED = new Epoch(2, 2);
    /** Server 1 wrote alone after server 2's copy fell behind. */
    private final Superblock fresh =
            copy(1, DiskState.UP_TO_DATE, new Generations(NEWER, List.of(SHARED), List.of()), false, FIRST);

    private final AtomicLong random = new AtomicLong(100);

    private static Superblock copy(int number, DiskState disk, Generations generations, boolean shared, Epoch epoch) {
        return new Superblock(
                DATA, new UUID(1, number), SIZE, disk, generations, shared, 0, epoch, true, new UUID(1, 3 - number));
    }

    private static Superblock old(DiskState disk) {
        return copy(2, disk, new Generations(SHARED, List.of(), List.of()), true, FIRST);
    }

    private MirrorMachine machine(Superblock superblock) {
        return new MirrorMachine(superblock, true, MirrorTiming.NORMAL, random::incrementAndGet);
    }

    private static MonotonicTime at(long millis) {
        return new MonotonicTime(millis * 1_000_000);
    }

    private static Event.LinkUp meets(PeerView peer) {
        return new Event.LinkUp(5, peer, false, false, at(10));
    }

    private static void answerRecord(MirrorMachine machine, List<Effect> effects) {
        effects.stream()
                .filter(Effect.AskRecord.class::isInstance)
                .map(Effect.AskRecord.class::cast)
                .forEach(ask -> machine.step(new Event.RecordAnswered(ask.id(), true, "", at(5))));
    }

    @Test
    void anOldCopyIsRefusedWithoutThatWord() {
        var machine = machine(old(DiskState.OUTDATED));
        machine.step(new Event.Promote("p", FORCED, at(0)));
        assertFalse(machine.view().primary());
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskState.class,
            names = {"OUTDATED", "UP_TO_DATE"})
    void aForcedCopyHasAGenerationOfItsOwnBeforeItsFirstWrite(DiskState disk) {
        var machine = machine(old(disk));
        var effects = machine.step(new Event.Promote("p", FORCED, true, at(0)));
        assertTrue(machine.view().primary());
        // Nothing is written before a majority has recorded it, though no write waits yet.
        assertEquals(
                List.of(new Effect.Io(IoMode.FROZEN)),
                effects.stream().filter(Effect.Io.class::isInstance).toList());
        answerRecord(machine, effects);
        Superblock now = machine.view().superblock();
        assertEquals(DiskState.UP_TO_DATE, now.disk());
        assertTrue(now.generations().current() > 100);
        assertEquals(List.of(SHARED), now.generations().bases());
        assertFalse(now.shared());
        assertSplitBrain(now);
    }

    private void assertSplitBrain(Superblock forced) {
        var seen = PeerView.of(forced, true, 9, false);
        assertInstanceOf(Handshake.SplitBrain.class, Handshake.compare(fresh, seen));
        assertInstanceOf(Handshake.SplitBrain.class, Handshake.compare(forced, PeerView.of(fresh, false, 8, true)));
    }

    @Test
    void theFormerlyFreshCopyIsNeitherOverwrittenNorJoinedWhenItReturns() {
        var forced = machine(old(DiskState.OUTDATED));
        answerRecord(forced, forced.step(new Event.Promote("p", FORCED, true, at(0))));
        var returned = machine(fresh);
        var effects = returned.step(meets(PeerView.of(forced.view().superblock(), true, 9, false)));
        assertInstanceOf(Effect.Disconnect.class, effects.getLast());
        assertEquals(1, effects.size(), effects::toString);
        assertEquals(fresh, returned.view().superblock());
        effects = forced.step(meets(PeerView.of(fresh, false, 8, true)));
        assertEquals(1, effects.size(), effects::toString);
        assertInstanceOf(Effect.Disconnect.class, effects.getFirst());
    }

    /** Between the promotion and the record's answer the copy looks merely old; it must not follow the newer one then. */
    @Test
    void theFormerlyFreshCopyIsNotJoinedWhileTheRecordIsAsked() {
        var forced = machine(old(DiskState.OUTDATED));
        var asked = forced.step(new Event.Promote("p", FORCED, true, at(0)));
        var effects = forced.step(meets(PeerView.of(fresh, false, 8, true)));
        assertInstanceOf(Effect.Disconnect.class, effects.getFirst());
        answerRecord(forced, asked);
        assertSplitBrain(forced.view().superblock());
    }

    @Test
    void noForceIsNeededWhileTheNewerCopyIsConnected() {
        var machine = machine(old(DiskState.UP_TO_DATE));
        machine.step(meets(PeerView.of(fresh, false, 8, true)));
        machine.step(new Event.Promote("p", FORCED, true, at(20)));
        assertFalse(machine.view().primary());
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskState.class,
            names = {"INCONSISTENT", "BLANK"})
    void aCopyThatIsNoStateOfTheDataIsNeverForced(DiskState disk) {
        var machine = machine(disk == DiskState.BLANK ? Superblock.blank(new UUID(1, 2), SIZE) : old(disk));
        machine.step(new Event.Promote("p", FORCED, true, at(0)));
        assertFalse(machine.view().primary());
    }

    @Test
    void anOlderEpochIsNotForced() {
        var machine = machine(copy(2, DiskState.OUTDATED, new Generations(SHARED, List.of(), List.of()), true, FORCED));
        machine.step(new Event.Promote("p", FIRST, true, at(0)));
        assertFalse(machine.view().primary());
    }
}
