// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a Primary whose peer is lost goes on alone, and when it takes it back. */
class PeerLossTest {
    private static final UUID DATA = new UUID(7, 7);
    private static final Epoch EPOCH = new Epoch(1, 1);
    private static final Generations GENERATIONS = new Generations(50, List.of(), List.of());

    private final AtomicLong random = new AtomicLong(100);
    private final MirrorMachine machine = machine();
    private MonotonicTime now = new MonotonicTime(1_000_000_000_000L);
    private Generations peers = GENERATIONS;
    private long link;
    private Effect.AskRecord asked = new Effect.AskRecord(0, List.of());
    private List<Effect> lastEffects = List.of();

    @BeforeEach
    void primaryWithItsPeer() {
        linkUp();
        machine.step(new Event.Promote("p", EPOCH, now));
    }

    /** Two mirrors of a server that lose their peer at once; each must take its own answer only. */
    @Test
    void noTwoMirrorsAskForTheirRecordsUnderOneNumber() {
        MirrorMachine other = machine();
        other.step(new Event.LinkUp(1, peer(), false, false, now));
        other.step(new Event.Promote("p", EPOCH, now));
        assertNotEquals(
                asked(loseNode(machine, 1)).id(), asked(loseNode(other, 1)).id());
    }

    /** A third death of the peer within a minute made resync wait for another; 62 s to Redundant were seen once in a story of reboots. */
    @Test
    void takesAServerThatLostPowerThriceInAMinuteBackAtOnce() {
        for (int death = 0; death < 3; death++) {
            nodeDies();
            answerRecord();
            returnsAfter(Duration.ofSeconds(15));
            assertTrue(syncs(), "death " + death + ": " + machine.view());
        }
    }

    /** Rule 14, and no longer than it needs: the wait was a whole minute from the third loss. */
    @Test
    void holdsResyncAfterThreeLossesOfTheLinkUntilTheFirstIsAMinuteOld() {
        for (int loss = 0; loss < 3; loss++) {
            now = now.plus(Duration.ofSeconds(17));
            linkFails();
            answerRecord();
            linkUp();
            assertEquals(loss < 2, syncs());
        }
        tick(Duration.ofSeconds(59 - 2 * 19));
        assertEquals(
                "the link was lost 3 times in a minute: resync waits",
                machine.view().reason());
        assertTrue(tick(Duration.ofSeconds(1)).stream().anyMatch(PeerLossTest::isSyncBegin));
    }

    /** Seen when two servers booted: five connections that replaced each other in half a second; with the keeper's old word, each outdates. */
    @Test
    void outdatesNoPeerThatConnectedSinceItsNodeWasCalledDead() {
        nodeDies();
        answerRecord();
        returnsAfter(Duration.ofSeconds(15));
        assertTrue(syncs());
        machine.step(new Event.LinkDown(link, Duration.ZERO, now));
        assertEquals(List.of(), machine.step(new Event.Tick(now, true)));
        linkUp();
        assertEquals("", machine.view().reason());
        assertTrue(machine.view().superblock().shared());
    }

    @Test
    void countsTheGraceFromWhenTheOtherPathsWereTried() {
        machine.step(new Event.LinkDown(link, Duration.ofMillis(1500), now));
        assertEquals(List.of(), tick(Duration.ofMillis(499)));
        assertTrue(tick(Duration.ofMillis(1)).stream().anyMatch(Effect.AskRecord.class::isInstance));
    }

    @Test
    void waitsFourTimesWhatTheKeepersWaitButTwoSecondsAtLeast() {
        assertEquals(
                Duration.ofSeconds(2), MirrorTiming.of(Duration.ofMillis(250)).grace());
        assertEquals(
                Duration.ofSeconds(2), MirrorTiming.of(Duration.ofMillis(500)).grace());
        assertEquals(
                Duration.ofSeconds(12), MirrorTiming.of(Duration.ofSeconds(3)).grace());
    }

    private void nodeDies() {
        asked = asked(loseNode(machine, link));
    }

    /** The node lives, no path leads to its mirror, and a write waits. */
    private void linkFails() {
        machine.step(new Event.LinkDown(link, Duration.ZERO, now));
        tick(Duration.ZERO);
        asked = asked(tick(MirrorTiming.NORMAL.grace()));
    }

    private void answerRecord() {
        machine.step(new Event.RecordAnswered(asked.id(), true, "", now));
    }

    private void returnsAfter(Duration away) {
        now = now.plus(away);
        linkUp();
    }

    private List<Effect> tick(Duration later) {
        now = now.plus(later);
        return machine.step(new Event.Tick(now, true));
    }

    /** Whether the peer was asked to become a target; if so, plays its part until both are equal again. */
    private boolean syncs() {
        if (lastEffects.stream().noneMatch(PeerLossTest::isSyncBegin)) {
            return false;
        }
        say(new PeerMessage.SyncReady());
        asked = asked(machine.step(new Event.ResyncFinished(link, now)));
        answerRecord();
        say(new PeerMessage.Synced());
        peers = machine.view().superblock().generations();
        return true;
    }

    private void say(PeerMessage message) {
        machine.step(new Event.PeerSaid(link, message, now));
    }

    private static boolean isSyncBegin(Effect effect) {
        return effect instanceof Effect.Tell(var _, PeerMessage.SyncBegin _);
    }

    private List<Effect> loseNode(MirrorMachine of, long link) {
        return Stream.of(
                        new Event.LinkDown(link, Duration.ZERO, now),
                        new Event.PeerAlive(false, now),
                        new Event.Tick(now, true))
                .flatMap(event -> of.step(event).stream())
                .toList();
    }

    private static Effect.AskRecord asked(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.AskRecord.class::isInstance)
                .map(Effect.AskRecord.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("asked for nothing: " + effects));
    }

    private void linkUp() {
        lastEffects = machine.step(new Event.LinkUp(++link, peer(), false, false, now));
    }

    private MirrorMachine machine() {
        return new MirrorMachine(copy(1, GENERATIONS), true, MirrorTiming.NORMAL, random::incrementAndGet);
    }

    private PeerView peer() {
        return PeerView.of(copy(2, peers), false, 9, false);
    }

    private static Superblock copy(int number, Generations generations) {
        return new Superblock(
                DATA,
                new UUID(1, number),
                1 << 20,
                DiskState.UP_TO_DATE,
                generations,
                true,
                0,
                Epoch.NONE,
                true,
                number == 1 ? new UUID(1, 2) : new UUID(1, 1));
    }
}
