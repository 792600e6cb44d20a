// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.agent.known.ForceCheck.Copy;
import io.metalha.node.agent.known.ForceCheck.Seen;
import io.metalha.node.agent.known.ForceCheck.Verdict;
import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ForceCheckTest {
    private static final UUID DATA = new UUID(0, 7);
    private static final UUID MINE = new UUID(1, 2);
    private static final UUID PEERS = new UUID(1, 1);
    private static final Epoch EPOCH = new Epoch(5, 1);
    private static final List<CopyEntry> RECORD =
            List.of(new CopyEntry(DATA, PEERS, true, 0xabc), new CopyEntry(DATA, MINE, false, 0xdef));

    private static Copy copy(String disk, String peerDisk) {
        return new Copy("data", disk, DATA, MINE, PEERS, 0xdef, peerDisk);
    }

    private static Seen seen(Optional<Epoch> decidedOn, boolean promotable) {
        return new Seen(decidedOn, EPOCH, RECORD, "server1", promotable, "last heard 90 s ago");
    }

    private static String refusal(Verdict verdict) {
        return assertInstanceOf(Verdict.Refuse.class, verdict).why();
    }

    @Test
    void tellsWhichCopyIsTakenWhatItLacksAndWhereThatIs() {
        var accept = assertInstanceOf(
                Verdict.Accept.class,
                ForceCheck.judge(List.of(copy("Outdated", "Unknown")), seen(Optional.of(EPOCH), false)));
        assertEquals(List.of(new CopyEntry(DATA, MINE, true, 0xdef)), accept.copies());
        assertTrue(accept.story().contains("generation def"), accept.story());
        assertTrue(
                accept.story().contains(PEERS + " at generation abc (server1's, last heard 90 s ago)"), accept.story());
    }

    @Test
    void isRefusedWhileTheGoodCopyCanBeStarted() {
        String why = refusal(ForceCheck.judge(List.of(copy("Outdated", "Unknown")), seen(Optional.empty(), true)));
        assertTrue(why.contains("no force is needed"), why);
        why = refusal(ForceCheck.judge(List.of(copy("Outdated", "UpToDate")), seen(Optional.empty(), false)));
        assertTrue(why.contains("no force is needed"), why);
    }

    @Test
    void isRefusedOnAnotherEpochThanThePersonSaw() {
        String why = refusal(
                ForceCheck.judge(List.of(copy("Outdated", "Unknown")), seen(Optional.of(new Epoch(4, 1)), false)));
        assertTrue(why.contains("4.1") && why.contains("5.1"), why);
    }

    @Test
    void isRefusedForWhatIsNoStateOfTheData() {
        String why = refusal(ForceCheck.judge(List.of(copy("Inconsistent", "Unknown")), seen(Optional.empty(), false)));
        assertTrue(why.contains("Inconsistent"), why);
        assertTrue(refusal(ForceCheck.judge(List.of(), seen(Optional.empty(), false)))
                .contains("use Start"));
    }
}
