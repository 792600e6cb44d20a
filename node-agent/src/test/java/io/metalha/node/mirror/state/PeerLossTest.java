// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
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
    private long link;

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
        assertNotEquals(asked(loseNode(machine)).id(), asked(loseNode(other)).id());
    }

    private List<Effect> loseNode(MirrorMachine of) {
        return Stream.of(new Event.LinkDown(1, now), new Event.PeerAlive(false, now), new Event.Tick(now, true))
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
        machine.step(new Event.LinkUp(++link, peer(), false, false, now));
    }

    private MirrorMachine machine() {
        return new MirrorMachine(copy(1), true, MirrorTiming.NORMAL, random::incrementAndGet);
    }

    private static PeerView peer() {
        return PeerView.of(copy(2), false, 9, false);
    }

    private static Superblock copy(int number) {
        return new Superblock(
                DATA,
                new UUID(1, number),
                1 << 20,
                DiskState.UP_TO_DATE,
                GENERATIONS,
                true,
                0,
                Epoch.NONE,
                true,
                number == 1 ? new UUID(1, 2) : new UUID(1, 1));
    }
}
