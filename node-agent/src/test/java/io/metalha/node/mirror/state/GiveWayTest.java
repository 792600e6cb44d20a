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

/** One side of a split brain gives way on a person's word: not before its blocks are saved, and only to the side that runs. */
class GiveWayTest {
    private static final long SIZE = BlockSet.EXTENT_BYTES;
    private static final UUID DATA = new UUID(0, 7);
    private static final long PARTED = 1;
    private static final long LOSERS = 2;
    private static final long WINNERS = 3;
    private final Superblock winner = copy(2, alone(WINNERS, PARTED), new Epoch(2, 2));
    private final Superblock loser = copy(1, alone(LOSERS, PARTED), new Epoch(1, 1));
    private final MirrorMachine machine = machine(loser);

    private static Generations alone(long current, long base) {
        return new Generations(current, List.of(base), List.of());
    }

    private static Superblock copy(int number, Generations generations, Epoch epoch) {
        return new Superblock(
                DATA,
                new UUID(1, number),
                SIZE,
                DiskState.UP_TO_DATE,
                generations,
                false,
                0,
                epoch,
                true,
                new UUID(1, 3 - number));
    }

    private static MirrorMachine machine(Superblock superblock) {
        return new MirrorMachine(superblock, true, MirrorTiming.NORMAL, new AtomicLong(100)::incrementAndGet);
    }

    private List<Effect> meets(Superblock peer, boolean primary) {
        return machine.step(new Event.LinkUp(5, PeerView.of(peer, primary, 9, true), true, false, MonotonicTime.ZERO));
    }

    private static boolean ok(List<Effect> effects) {
        return assertInstanceOf(Effect.Answer.class, effects.getLast()).ok();
    }

    @Test
    void isShownAsSplitBrainUntilTheTwoMeetWell() {
        meets(winner, true);
        assertEquals(MirrorView.Connection.SPLIT_BRAIN, machine.view().connection());
    }

    @Test
    void givesWayAfterItsBlocksAreSaved() {
        meets(winner, true);
        assertEquals(List.of(new Effect.SaveBlocks(false)), machine.step(new Event.Yield("y")));
        assertEquals(loser, machine.view().superblock(), "nothing changes before the blocks are saved");
        assertTrue(ok(machine.step(new Event.Saved(true, "saved"))));
        Superblock now = machine.view().superblock();
        assertEquals(DiskState.OUTDATED, now.disk());
        assertFalse(machine.view().promotable());
        // The bitmaps of both count from where they parted: together they have all that differs.
        assertEquals(new Handshake.WeAreOlder(false), Handshake.compare(now, PeerView.of(winner, true, 9, true)));
        assertEquals(new Handshake.PeerIsOlder(false), Handshake.compare(winner, PeerView.of(now, false, 8, true)));
        assertFalse(meets(winner, true).stream().anyMatch(Effect.Disconnect.class::isInstance));
    }

    @Test
    void staysAsItIsWhenTheBlocksCannotBeSaved() {
        meets(winner, true);
        machine.step(new Event.Yield("y"));
        assertFalse(ok(machine.step(new Event.Saved(false, "no room"))));
        assertEquals(loser, machine.view().superblock());
        assertEquals(MirrorView.Connection.SPLIT_BRAIN, machine.view().connection());
    }

    @Test
    void everythingIsSavedAndCopiedWhereTheBitmapsDoNotCountFromOnePoint() {
        Superblock later = copy(2, new Generations(WINNERS, List.of(), List.of(PARTED)), new Epoch(2, 2));
        meets(later, true);
        assertEquals(List.of(new Effect.SaveBlocks(true)), machine.step(new Event.Yield("y")));
        assertTrue(ok(machine.step(new Event.Saved(true, "saved"))));
        Superblock now = machine.view().superblock();
        assertEquals(DiskState.INCONSISTENT, now.disk());
        assertEquals(new Handshake.WeAreOlder(true), Handshake.compare(now, PeerView.of(later, true, 9, true)));
    }

    @Test
    void doesNotGiveWayToACopyThatDoesNotRun() {
        meets(winner, false);
        assertFalse(ok(machine.step(new Event.Yield("y"))));
    }

    @Test
    void doesNotGiveWayToWhatItNeverMet() {
        assertFalse(ok(machine.step(new Event.Yield("y"))));
    }

    @Test
    void theRunningCopyDoesNotGiveWay() {
        machine.step(new Event.Promote("p", new Epoch(3, 1), MonotonicTime.ZERO));
        meets(winner, true);
        assertFalse(ok(machine.step(new Event.Yield("y"))));
    }

    @Test
    void aPromotionMeanwhileCountsMore() {
        meets(winner, true);
        machine.step(new Event.Yield("y"));
        machine.step(new Event.Promote("p", new Epoch(3, 1), MonotonicTime.ZERO));
        assertEquals(List.of(), machine.step(new Event.Saved(true, "saved")));
        assertEquals(LOSERS, machine.view().superblock().generations().current());
    }

    @Test
    void aWinnerThatChangedMeanwhileIsLookedAtAgain() {
        meets(winner, true);
        machine.step(new Event.Yield("y"));
        meets(copy(2, new Generations(WINNERS, List.of(), List.of(PARTED)), new Epoch(2, 2)), true);
        assertFalse(ok(machine.step(new Event.Saved(true, "saved"))), "too little was saved for it");
        assertEquals(loser, machine.view().superblock());
    }
}
