// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseEffect.Persist;
import io.metalha.node.lease.LeaseEffect.PersistStore;
import io.metalha.node.lease.LeaseEvent.Started;
import io.metalha.node.lease.LeaseEvent.StoredGroup;
import io.metalha.node.lease.StoreState;
import io.metalha.node.lease.VoterSet;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The voter's durable memory: the file {@code store} and one file a group, written by a thread of their own, so that a
 * slow disk delays a vote and never a heartbeat (safety rule 18). A later write of a group replaces one still waiting.
 */
final class RecordStore implements AutoCloseable {
    private static final String STORE = "store";
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Path directory;
    private final KeeperLog log;
    private final LongConsumer persisted;
    private final Map<Long, TwoSlotFile> files = new HashMap<>();
    private final TwoSlotFile storeFile;
    private final Thread writer = new Thread(this::write, "records");

    // Guarded by this.
    private Map<Long, Persist> waiting = new HashMap<>();
    private @Nullable PersistStore waitingStore;
    private long waitingToken;
    private boolean closed;

    // The writer's, after load.
    private RecordFormat.Store store;
    private final Started started;

    /**
     * Reads what is there, and takes note of the voter set before anything is said under it (safety rule 6); {@code persisted} is told, on the writer's thread, up to which token all is on the disk.
     *
     * @param cluster hash of the cluster's uid
     * @throws IOException also when {@code set} cannot follow the one that was used here last
     */
    RecordStore(
            Path directory,
            Duration configuredLease,
            long cluster,
            VoterId self,
            VoterSet set,
            KeeperLog log,
            LongConsumer persisted)
            throws IOException {
        this.directory = directory;
        this.log = log;
        this.persisted = persisted;
        Files.createDirectories(directory);
        storeFile = new TwoSlotFile(directory.resolve(STORE), RecordFormat::isStore);
        List<StoredGroup> groups = new ArrayList<>();
        String fault = readGroups(groups);
        RecordFormat.Store found = null;
        switch (storeFile.read()) {
            case TwoSlotFile.Content.Value(byte[] bytes) -> {
                found = RecordFormat.decodeStore(bytes);
                settle(storeFile);
            }
            case TwoSlotFile.Content.Nothing _ -> fault = groups.isEmpty() ? fault : "the file store is missing";
            case TwoSlotFile.Content.Damaged _ -> fault = "the file store is damaged";
        }
        // Story, without: server1 was voter 1, was taken out, and comes back as voter 6. What it knows is as old as its
        // leaving, and it would vote by it.
        if (found != null && found.cluster() == cluster && isOfAnother(self, found.set())) {
            fault = "they are of a voter that was taken out of the set "
                    + found.set().voters();
        }
        if (found != null && groups.size() < found.groups()) {
            fault = found.groups() - groups.size() + " record files are missing";
        }
        if (found != null && fault.isEmpty()) {
            store = under(found, cluster, set);
            started = new Started(found.state(), found.longestGrant(), groups);
        } else {
            // Under a new id: what comes back is not the voter that forgot (safety rule 7).
            Duration longest = found == null || found.longestGrant().compareTo(configuredLease) < 0
                    ? configuredLease
                    : found.longestGrant();
            store = new RecordFormat.Store(UUID.randomUUID(), StoreState.EMPTY, longest, 0, cluster, set);
            started = new Started(StoreState.EMPTY, longest, List.of());
            if (!fault.isEmpty()) {
                log.line("records: " + fault + ": this voter abstains until a majority without it admits it again");
            }
        }
        writer.setDaemon(true);
    }

    private static boolean isOfAnother(VoterId self, VoterSet set) {
        return set.number() > 0 && !set.voters().contains(self);
    }

    private RecordFormat.Store under(RecordFormat.Store found, long cluster, VoterSet set) throws IOException {
        boolean never = found.set().number() == 0 && set.number() == 0;
        if (never || (found.cluster() == cluster && found.set().equals(set))) {
            return found;
        }
        String objection = found.cluster() == cluster ? set.objection(found.set()) : "";
        if (!objection.isEmpty()) {
            closeFiles();
            throw new IOException("keeper.conf: " + objection + "; this voter abstains");
        }
        var next =
                new RecordFormat.Store(found.id(), found.state(), found.longestGrant(), found.groups(), cluster, set);
        storeFile.write(RecordFormat.encode(next));
        storeFile.settle();
        return next;
    }

    private String readGroups(List<StoredGroup> groups) throws IOException {
        String fault = "";
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "[0-9a-f]*")) {
            for (Path path : found) {
                long group = Long.parseUnsignedLong(path.getFileName().toString(), 16);
                TwoSlotFile file = fileAt(path, group);
                switch (file.read()) {
                    case TwoSlotFile.Content.Value(byte[] bytes) -> {
                        groups.add(RecordFormat.decodeGroup(bytes));
                        files.put(group, file);
                        settle(file);
                    }
                    // It was being made when the power went; it was never counted.
                    case TwoSlotFile.Content.Nothing _ -> file.close();
                    case TwoSlotFile.Content.Damaged _ -> {
                        fault = path.getFileName() + " is damaged";
                        file.close();
                    }
                }
            }
        } catch (IllegalArgumentException e) {
            fault = String.valueOf(e.getMessage());
        }
        return fault;
    }

    private static TwoSlotFile fileAt(Path path, long group) throws IOException {
        return new TwoSlotFile(path, value -> RecordFormat.isOf(group, value));
    }

    private void settle(TwoSlotFile file) {
        if (file.isApart()) {
            try {
                file.settle();
            } catch (IOException e) {
                log.line("records: " + e.getMessage() + "; one of two slots holds what was promised");
            }
        }
    }

    Started started() {
        return started;
    }

    UUID id() {
        return store.id();
    }

    void start() {
        writer.start();
    }

    synchronized void persist(Persist effect) {
        waiting.put(effect.group(), effect);
        waitingToken = effect.token();
        notifyAll();
    }

    synchronized void persist(PersistStore effect) {
        waitingStore = effect;
        waitingToken = effect.token();
        notifyAll();
    }

    private record Batch(List<Persist> groups, @Nullable PersistStore store, long token) {}

    private synchronized @Nullable Batch take() throws InterruptedException {
        while (waiting.isEmpty() && waitingStore == null) {
            if (closed) {
                return null;
            }
            wait();
        }
        Batch batch = new Batch(List.copyOf(waiting.values()), waitingStore, waitingToken);
        waiting = new HashMap<>();
        waitingStore = null;
        return batch;
    }

    private void write() {
        try {
            for (Batch batch = take(); batch != null; batch = take()) {
                while (!write(batch)) {
                    Thread.sleep(RETRY);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeFiles();
        }
    }

    private boolean write(Batch batch) {
        try {
            List<TwoSlotFile> written = new ArrayList<>();
            for (Persist effect : batch.groups()) {
                TwoSlotFile file = fileOf(effect.group());
                file.write(RecordFormat.encode(new StoredGroup(effect.group(), effect.promised(), effect.record())));
                written.add(file);
            }
            PersistStore change = batch.store();
            if (change != null || store.groups() != files.size()) {
                RecordFormat.Store next = change == null
                        ? new RecordFormat.Store(
                                store.id(),
                                store.state(),
                                store.longestGrant(),
                                files.size(),
                                store.cluster(),
                                store.set())
                        : new RecordFormat.Store(
                                store.id(),
                                change.state(),
                                change.longestGrant(),
                                files.size(),
                                store.cluster(),
                                store.set());
                storeFile.write(RecordFormat.encode(next));
                // Not before: were this write to fail, the next try would find nothing to be written.
                store = next;
                written.add(storeFile);
            }
            persisted.accept(batch.token());
            for (TwoSlotFile file : written) {
                file.settle();
            }
            return true;
        } catch (IOException e) {
            log.line("records: " + e.getMessage() + "; this voter is silent until it can write, trying again in "
                    + RETRY.toSeconds() + " s");
            return false;
        }
    }

    private TwoSlotFile fileOf(long group) throws IOException {
        TwoSlotFile file = files.get(group);
        if (file == null) {
            file = fileAt(directory.resolve("%016x".formatted(group)), group);
            files.put(group, file);
            try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
                entry.force(true);
            }
        }
        return file;
    }

    private void closeFiles() {
        try {
            storeFile.close();
            for (TwoSlotFile file : files.values()) {
                file.close();
            }
        } catch (IOException e) {
            log.line("records: " + e.getMessage());
        }
    }

    /** Writes what waits, then ends. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (writer.getState() == Thread.State.NEW) {
            closeFiles();
            return;
        }
        try {
            writer.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
