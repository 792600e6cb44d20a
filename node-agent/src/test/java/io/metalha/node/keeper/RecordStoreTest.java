// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseEffect.Persist;
import io.metalha.node.lease.LeaseEffect.PersistStore;
import io.metalha.node.lease.LeaseEvent.Started;
import io.metalha.node.lease.LeaseEvent.StoredGroup;
import io.metalha.node.lease.StoreState;
import io.metalha.node.lease.VoterSet;
import io.metalha.node.linux.RawClock;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
    private static final Duration LEASE = Duration.ofMillis(800);
    private static final GroupRecord RECORD =
            new GroupRecord(new Epoch(3, 1), 7, 1, List.of(new CopyEntry(new UUID(1, 2), new UUID(3, 4), true, -5)));

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<Long> persisted = new LinkedBlockingQueue<>();
    private VoterSet set = VoterSet.NONE;
    private VoterId self = new VoterId(1);

    private RecordStore open() throws IOException {
        var log = new KeeperLog(new RawClock(), new PrintStream(PrintStream.nullOutputStream()));
        return new RecordStore(directory, LEASE, 7, self, set, log, persisted::add);
    }

    /** Story, without: keeper.conf is restored from a backup, and the voter votes in a set that the others have left. */
    @Test
    void remembersTheVoterSetAndRefusesOneThatCannotFollow() throws Exception {
        set = set(3, 1, 2, 3);
        fill();
        open().close();
        set = set(4, 1, 2, 3, 200);
        try (RecordStore store = open()) {
            assertEquals(StoreState.VOTING, store.started().state());
            assertEquals(2, store.started().groups().size());
        }
        for (VoterSet wrong : List.of(set(3, 1, 2, 3), set(4, 1, 2, 3), set(6, 1, 2), set(5, 1, 2), VoterSet.NONE)) {
            set = wrong;
            assertThrows(IOException.class, this::open, wrong::toString);
        }
        set = set(5, 1, 2, 200);
        open().close();
    }

    /** Who was taken out and is added again has a new number, and joins empty. */
    @Test
    void theRecordsOfAnotherVotersNumberCountForNothing() throws Exception {
        set = set(3, 1, 2, 3);
        fill();
        set = set(8, 2, 3, 6);
        self = new VoterId(6);
        try (RecordStore store = open()) {
            assertEquals(new Started(StoreState.EMPTY, Duration.ofSeconds(9), List.of()), store.started());
        }
    }

    private static VoterSet set(long number, int... voters) {
        return new VoterSet(number, Arrays.stream(voters).mapToObj(VoterId::new).toList());
    }

    private void fill() throws Exception {
        try (RecordStore store = open()) {
            assertEquals(new Started(StoreState.EMPTY, LEASE, List.of()), store.started());
            store.start();
            store.persist(new PersistStore(1, StoreState.VOTING, Duration.ofSeconds(9)));
            store.persist(new Persist(2, 0xabcL, new Epoch(4, 2), RECORD));
            store.persist(new Persist(3, 0xdefL, new Epoch(1, 2), GroupRecord.EMPTY));
            long token = 0;
            while (token < 3) {
                Long next = persisted.poll(20, TimeUnit.SECONDS);
                assertNotNull(next);
                token = next;
            }
        }
    }

    private static void damage(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            bytes.write(new byte[512]);
        }
    }

    private Path file(long group) {
        return directory.resolve("%016x".formatted(group));
    }

    @Test
    void remembersWhatItSaidWasPersisted() throws Exception {
        fill();
        try (RecordStore store = open()) {
            Started started = store.started();
            assertEquals(StoreState.VOTING, started.state());
            assertEquals(Duration.ofSeconds(9), started.longestGrant());
            assertEquals(2, started.groups().size());
            assertEquals(
                    new StoredGroup(0xabcL, new Epoch(4, 2), RECORD),
                    started.groups().stream()
                            .filter(group -> group.group() == 0xabcL)
                            .findFirst()
                            .orElseThrow());
        }
    }

    @Test
    void oneBadSectorLosesNothing() throws Exception {
        fill();
        damage(file(0xabcL), 0);
        damage(directory.resolve("store"), 4096);
        try (RecordStore store = open()) {
            assertEquals(StoreState.VOTING, store.started().state());
            assertEquals(2, store.started().groups().size());
        }
    }

    @Test
    void aVoterThatLostAnythingStartsEmptyAndWaitsOutItsLongestGrant() throws Exception {
        fill();
        Files.delete(file(0xdefL));
        try (RecordStore store = open()) {
            assertEquals(new Started(StoreState.EMPTY, Duration.ofSeconds(9), List.of()), store.started());
        }
        damage(file(0xabcL), 0);
        damage(file(0xabcL), 4096);
        try (RecordStore store = open()) {
            assertEquals(StoreState.EMPTY, store.started().state());
        }
        Files.delete(directory.resolve("store"));
        try (RecordStore store = open()) {
            assertEquals(StoreState.EMPTY, store.started().state());
        }
    }

    @Test
    void aTornWriteLeavesTheValueBefore() throws Exception {
        Path path = directory.resolve("value");
        try (TwoSlotFile file = file(path)) {
            assertInstanceOf(TwoSlotFile.Content.Nothing.class, file.read());
            file.write(new byte[] {1});
            file.settle();
            file.write(new byte[] {2});
        }
        for (long slot = 0; slot < 2; slot++) {
            Path torn = directory.resolve("torn" + slot);
            Files.copy(path, torn);
            damage(torn, slot * 4096);
            try (TwoSlotFile file = file(torn)) {
                byte[] left = assertInstanceOf(TwoSlotFile.Content.Value.class, file.read())
                        .bytes();
                byte expected = newestIn(path, slot) ? (byte) 1 : (byte) 2;
                assertArrayEquals(new byte[] {expected}, left);
            }
        }
    }

    private static TwoSlotFile file(Path path) throws IOException {
        return new TwoSlotFile(path, _ -> true);
    }

    /** The crash left the slots apart; what is read is soon in both, so that a slot may go bad later. */
    @Test
    void aStartBringsTheSlotsTogetherAgain() throws Exception {
        fill();
        try (TwoSlotFile record = file(file(0xabcL))) {
            record.read();
            record.write(RecordFormat.encode(new StoredGroup(0xabcL, new Epoch(9, 2), RECORD)));
        }
        open().close();
        for (long slot = 0; slot < 2; slot++) {
            Path record = file(0xabcL);
            byte[] whole = Files.readAllBytes(record);
            damage(record, slot * 4096);
            try (TwoSlotFile left = file(record)) {
                byte[] value = assertInstanceOf(TwoSlotFile.Content.Value.class, left.read())
                        .bytes();
                assertEquals(new Epoch(9, 2), RecordFormat.decodeGroup(value).promised());
            }
            Files.write(record, whole);
        }
    }

    /** A disk wrote one file's slot over another's; its checksum is right. */
    @Test
    void aSlotOfAnotherFileCountsAsBad() throws Exception {
        fill();
        for (int times = 0; times < 5; times++) {
            try (TwoSlotFile store = file(directory.resolve("store"))) {
                byte[] value = assertInstanceOf(TwoSlotFile.Content.Value.class, store.read())
                        .bytes();
                store.write(value);
                store.settle();
            }
        }
        byte[] misdirected = Arrays.copyOf(Files.readAllBytes(directory.resolve("store")), 4096);
        try (RandomAccessFile record = new RandomAccessFile(file(0xabcL).toFile(), "rw")) {
            record.write(misdirected);
        }
        byte[] other = Arrays.copyOf(Files.readAllBytes(file(0xabcL)), 8192);
        try (RandomAccessFile record = new RandomAccessFile(file(0xdefL).toFile(), "rw")) {
            record.seek(4096);
            record.write(other, 4096, 4096);
        }
        try (RecordStore store = open()) {
            assertEquals(StoreState.VOTING, store.started().state());
            assertEquals(
                    Set.of(0xabcL, 0xdefL),
                    store.started().groups().stream().map(StoredGroup::group).collect(Collectors.toSet()));
        }
    }

    /** Nothing was told of a record whose first write the power cut; the voter has lost nothing. */
    @Test
    void aFirstWriteThatWasTornHoldsNothing() throws Exception {
        fill();
        Path torn = file(0x123L);
        try (TwoSlotFile file = file(torn)) {
            file.write(RecordFormat.encode(new StoredGroup(0x123L, new Epoch(1, 1), RECORD)));
        }
        damage(torn, 4096 + 20);
        try (RecordStore store = open()) {
            assertEquals(StoreState.VOTING, store.started().state());
            assertEquals(2, store.started().groups().size());
        }
    }

    private static boolean newestIn(Path path, long slot) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        return bytes[(int) slot * 4096 + 24] == 2;
    }
}
