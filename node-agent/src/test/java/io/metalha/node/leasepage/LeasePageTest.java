// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.leasepage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasePageTest {
    @TempDir
    Path dir;

    @Test
    void readersSeeWhatTheKeeperPublishedUnderThatEpochOnly() {
        try (var keeper = LeasePage.writer(dir.resolve("leases"), 7);
                var mirror = LeasePage.reader(dir.resolve("leases"))) {
            int slot = keeper.claim(new GroupId("iptv-db"));
            keeper.publish(slot, 3, 1, 123);
            assertEquals(slot, mirror.slotOf(new GroupId("iptv-db")));
            assertEquals(123, mirror.usableUntilNanos(slot, new Epoch(3, 1)));
            assertEquals(0, mirror.usableUntilNanos(slot, new Epoch(3, 2)));
            assertEquals(-1, mirror.slotOf(new GroupId("iptv-web")));
        }
    }

    @Test
    void slotsOutliveTheKeeper() {
        try (var first = LeasePage.writer(dir.resolve("leases"), 7)) {
            assertEquals(0, first.bootAheadNanos());
            first.bootAhead(55);
            first.publish(first.claim(new GroupId("iptv-db")), 3, 1, 123);
        }
        try (var second = LeasePage.writer(dir.resolve("leases"), 8)) {
            assertEquals(new Epoch(3, 1), second.epoch(second.slotOf(new GroupId("iptv-db"))));
            assertEquals(8, second.session());
            assertEquals(55, second.bootAheadNanos());
        }
    }
}
