// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeaseCodecTest {
    private static final Epoch LOW = new Epoch(Long.MAX_VALUE - 1, 65535);
    private static final Epoch HIGH = new Epoch(Long.MAX_VALUE, 1);
    private static final GroupRecord FULL = full();

    static List<LeaseMessage> messages() {
        return List.of(
                new LeaseMessage.Ask(-1, 2),
                new LeaseMessage.Standing(1, 2, true, LOW, FULL, 5),
                new LeaseMessage.Standing(1, 2, false, Epoch.NONE, GroupRecord.EMPTY, 0),
                new LeaseMessage.Prepare(1, LOW, 3),
                new LeaseMessage.Promise(1, LOW, 3, FULL),
                new LeaseMessage.Held(1, HIGH, LOW, 65535, 4),
                new LeaseMessage.Propose(1, FULL, 800, Long.MIN_VALUE),
                new LeaseMessage.Accepted(1, LOW, 7, 8),
                new LeaseMessage.Refused(1, LOW, HIGH),
                new LeaseMessage.Renew(1, LOW, Integer.MAX_VALUE, 9),
                new LeaseMessage.RenewAck(1, LOW, 9),
                new LeaseMessage.Release(1, LOW),
                new LeaseMessage.StoreIs(StoreState.FILLING, 800, true),
                new LeaseMessage.AskGroups(255, 3),
                new LeaseMessage.GroupsAre(0, 0, List.of(), -3),
                new LeaseMessage.GroupsAre(80, 256, manyKeys(), 3));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsBackWhatItWrote(LeaseMessage message) {
        byte[] bytes = new byte[1000];
        int length = LeaseCodec.encode(message, bytes, 5);
        assertEquals(message, LeaseCodec.decode(bytes, 5, length));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesWhatIsCutShortOrTooLong(LeaseMessage message) {
        byte[] bytes = new byte[1000];
        int length = LeaseCodec.encode(message, bytes, 0);
        for (int cut = 0; cut < length; cut++) {
            int shorter = cut;
            assertThrows(IllegalArgumentException.class, () -> LeaseCodec.decode(bytes, 0, shorter));
        }
        assertThrows(IllegalArgumentException.class, () -> LeaseCodec.decode(bytes, 0, length + 1));
    }

    @Test
    void sizesAreAsDocumented() {
        byte[] bytes = new byte[1000];
        assertEquals(
                LeaseCodec.MESSAGE_BYTES_MAX,
                LeaseCodec.encode(new LeaseMessage.Standing(1, 2, true, LOW, FULL, 5), bytes, 0));
        int keys = LeaseCodec.encode(new LeaseMessage.GroupsAre(0, 256, manyKeys(), 3), bytes, 0);
        assertTrue(keys <= LeaseCodec.MESSAGE_BYTES_MAX);
        assertEquals(LeaseCodec.RENEW_BYTES, LeaseCodec.encode(new LeaseMessage.Renew(1, LOW, 800, 9), bytes, 0));
        assertEquals(LeaseCodec.RENEW_ACK_BYTES, LeaseCodec.encode(new LeaseMessage.RenewAck(1, LOW, 9), bytes, 0));
    }

    private static List<Long> manyKeys() {
        return LongStream.range(0, LeaseMessage.GroupsAre.KEYS_MAX)
                .mapToObj(key -> ~key)
                .toList();
    }

    private static GroupRecord full() {
        List<CopyEntry> copies = new ArrayList<>();
        for (int i = 0; i < GroupRecord.COPIES_MAX; i++) {
            copies.add(new CopyEntry(new UUID(i, ~i), new UUID(-i, i), i % 2 == 0, -1L - i));
        }
        return new GroupRecord(LOW, Long.MAX_VALUE, 65535, copies);
    }
}
