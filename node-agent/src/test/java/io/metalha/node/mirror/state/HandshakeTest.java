// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.mirror.state.Handshake.Verdict;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each outcome of DRBD's handshake as a row: what DRBD does with such identifiers (DRBD user's guide, "The replication
 * handshake"), and that these rules do the same, seen from either side.
 *
 * <p>DRBD's one bitmap identifier is a list of one here. Where the rules differ on purpose the row says so.
 */
class HandshakeTest {
    private static final long SIZE = BlockSet.EXTENT_BYTES;
    private static final UUID DATA = new UUID(0, 7);
    private static final long ANCIENT = 1;
    private static final long OLD = 2;
    private static final long A = 3;
    private static final long B = 4;

    private enum Row {
        BOTH_JUST_CREATED("nothing is copied, an operator or a first promotion decides", fresh(), fresh(), "BothNew"),
        I_AM_JUST_CREATED("full sync from the peer", fresh(), at(A), "WeAreOlder full"),
        PEER_IS_JUST_CREATED("full sync to the peer", at(A), fresh(), "PeerIsOlder full"),
        EQUAL_CURRENT("no sync", at(A), at(A), "Equal"),
        EQUAL_CURRENT_AND_BITMAP(
                "no sync: both outdated the other, whose answer was lost", alone(A, OLD), at(A), "Equal"),
        MY_BITMAP_IS_PEERS_CURRENT("source, what the bitmap marks", alone(A, OLD), at(OLD), "PeerIsOlder"),
        PEERS_BITMAP_IS_MY_CURRENT("target, what the peer's bitmap marks", at(OLD), alone(A, OLD), "WeAreOlder"),
        MY_HISTORY_HAS_PEERS_CURRENT("source, everything", at(A, OLD), at(OLD), "PeerIsOlder full"),
        PEERS_HISTORY_HAS_MY_CURRENT("target, everything", at(OLD), at(A, OLD), "WeAreOlder full"),
        MY_OLDER_HISTORY_HAS_PEERS_CURRENT("source, everything", at(A, OLD, ANCIENT), at(ANCIENT), "PeerIsOlder full"),
        BITMAP_BEFORE_HISTORY("source, what the bitmap marks", alone(A, OLD, ANCIENT), at(OLD, ANCIENT), "PeerIsOlder"),
        EQUAL_BITMAPS("split brain: both left the same state", alone(A, OLD), alone(B, OLD), "split brain"),
        EQUAL_HISTORY("split brain: both left the same state, long ago", at(A, OLD), at(B, OLD), "split brain"),
        BITMAP_IN_PEERS_HISTORY("split brain", alone(A, OLD), at(B, OLD), "split brain"),
        EACH_THE_OTHERS_BITMAP("split brain: each claims to be ahead", alone(A, B), alone(B, A), "split brain"),
        NOTHING_IN_COMMON("unrelated data, the connection is dropped", at(A, OLD), at(B, ANCIENT), "unrelated data"),
        NO_HISTORY_IN_COMMON("unrelated data, the connection is dropped", at(A), at(B), "unrelated data");

        final String drbd;
        final Generations mine;
        final Generations peers;
        final String expected;

        Row(String drbd, Generations mine, Generations peers, String expected) {
            this.drbd = drbd;
            this.mine = mine;
            this.peers = peers;
            this.expected = expected;
        }

        private static Generations fresh() {
            return Generations.BLANK;
        }

        private static Generations at(long current, Long... history) {
            return new Generations(current, List.of(), List.of(history));
        }

        private static Generations alone(long current, long bitmap, Long... history) {
            return new Generations(current, List.of(bitmap), List.of(history));
        }
    }

    @ParameterizedTest
    @EnumSource(Row.class)
    void comesToDrbdsOutcome(Row row) {
        Superblock mine = copy(1, row.mine);
        Superblock peers = copy(2, row.peers);
        assertEquals(row.expected, name(Handshake.compare(mine, view(peers))), row.drbd);
        assertEquals(mirrored(row.expected), name(Handshake.compare(peers, view(mine))), "from the other side");
    }

    /** Split brain and unrelated data are never resolved by discarding: the copies part, and nothing was written. */
    @ParameterizedTest
    @EnumSource(
            value = Row.class,
            names = {
                "EQUAL_BITMAPS",
                "EQUAL_HISTORY",
                "BITMAP_IN_PEERS_HISTORY",
                "EACH_THE_OTHERS_BITMAP",
                "NOTHING_IN_COMMON",
                "NO_HISTORY_IN_COMMON"
            })
    void neverJoinsWhatHasParted(Row row) {
        var machine =
                new MirrorMachine(copy(1, row.mine), true, MirrorTiming.NORMAL, new AtomicLong(100)::incrementAndGet);
        var effects = machine.step(new Event.LinkUp(5, view(copy(2, row.peers)), false, false, MonotonicTime.ZERO));
        assertEquals(1, effects.size(), effects::toString);
        var disconnect = assertInstanceOf(Effect.Disconnect.class, effects.getFirst());
        assertTrue(disconnect.reason().contains(row.expected), disconnect::reason);
        assertEquals(row.mine, machine.view().superblock().generations());
    }

    private static Superblock copy(int number, Generations generations) {
        Superblock blank = Superblock.blank(new UUID(1, number), SIZE);
        if (generations.current() == 0) {
            return blank;
        }
        return new Superblock(
                DATA,
                blank.copy(),
                SIZE,
                DiskState.UP_TO_DATE,
                generations,
                true,
                0,
                Epoch.NONE,
                true,
                Superblock.NO_DATA);
    }

    private static PeerView view(Superblock superblock) {
        return PeerView.of(
                superblock, false, 9, !superblock.generations().bases().isEmpty());
    }

    private static String name(Verdict verdict) {
        return switch (verdict) {
            case Handshake.BothNew _ -> "BothNew";
            case Handshake.Equal _ -> "Equal";
            case Handshake.PeerIsOlder(var full) -> full ? "PeerIsOlder full" : "PeerIsOlder";
            case Handshake.WeAreOlder(var full) -> full ? "WeAreOlder full" : "WeAreOlder";
            case Handshake.SplitBrain _ -> "split brain";
            case Handshake.Refused(var reason) -> reason.contains("unrelated data") ? "unrelated data" : reason;
        };
    }

    private static String mirrored(String verdict) {
        return verdict.startsWith("PeerIs") ? verdict.replace("PeerIs", "WeAre") : verdict.replace("WeAre", "PeerIs");
    }
}
