// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.agent.known.GroupNews;
import io.metalha.node.placement.PathReport.Carrier;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlobTest {
    @Test
    void readsWhatItWrote() {
        Blob blob = new Blob(
                7,
                List.of(new Blob.Path("public".hashCode(), Carrier.DOWN, List.of(2, 300))),
                List.of(
                        group(12),
                        new GroupNews(-5, GroupNews.Is.STANDBY, false, true, 3, 0, GroupNews.MoveKind.NONE, 0, 0)));
        assertEquals(Optional.of(blob), Blob.decode(blob.encode()));
    }

    @Test
    void dropsWhatItDoesNotUnderstand() {
        assertEquals(Optional.empty(), Blob.decode("!"));
        assertEquals(Optional.empty(), Blob.decode("AA"));
        assertEquals(Optional.empty(), Blob.decode(""));
        String good = new Blob(1, List.of(), List.of(group(1))).encode();
        assertEquals(Optional.empty(), Blob.decode(good.substring(0, good.length() - 6)));
    }

    @Test
    void tellsMoreGroupsThanFitInTurns() {
        List<GroupNews> groups = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            groups.add(group(i));
        }
        Set<Integer> told = new HashSet<>();
        for (int beat = 0; beat < 8; beat++) {
            String text = new Blob(beat, List.of(), groups).encode();
            assertTrue(Base64.getUrlDecoder().decode(text).length <= Blob.BYTES_MAX);
            Blob.decode(text).orElseThrow().groups().forEach(group -> told.add(group.key()));
        }
        assertEquals(100, told.size());
    }

    private static GroupNews group(int key) {
        return new GroupNews(key, GroupNews.Is.RUNNING, true, false, 1, 2, GroupNews.MoveKind.FAILBACK, 4, 1340);
    }
}
