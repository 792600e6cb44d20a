// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.linux.MonotonicClock;
import io.metalha.node.mirror.data.DataPath;
import io.metalha.node.mirror.data.LeaseGate;
import io.metalha.node.mirror.disk.ActivityLog;
import io.metalha.node.mirror.disk.BackingDevice;
import io.metalha.node.mirror.disk.BitmapStore;
import io.metalha.node.mirror.disk.Signatures;
import io.metalha.node.mirror.disk.SuperblockStore;
import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.Ledger;
import io.metalha.node.mirror.state.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** This server's copy: the backing device with its metadata, opened. */
final class Copy implements AutoCloseable {
    private static final long GRANULE = 1 << 20;

    private final BackingDevice backing;
    private final SuperblockStore store;
    private final DataPath data;
    private final LeaseGate lease;
    private final long sizeBytes;
    private volatile Superblock superblock;

    private Copy(BackingDevice backing, SuperblockStore store, Superblock superblock, DataPath data, LeaseGate lease) {
        this.backing = backing;
        this.store = store;
        this.superblock = superblock;
        this.data = data;
        this.lease = lease;
        this.sizeBytes = superblock.sizeBytes();
    }

    /** Opens the configured device; an IOException's message is a sentence for people. */
    static Copy open(MirrorConfig config, Path leasePage, MonotonicClock clock) throws IOException {
        BackingDevice backing = BackingDevice.open(config.backing());
        try {
            SuperblockStore store = new SuperblockStore(backing);
            Optional<Superblock> found = store.read();
            Superblock superblock = found.isPresent() ? found.get() : create(config, backing, store);
            long usable = backing.layout().usableBytes();
            if (superblock.sizeBytes() > usable) {
                throw new IOException(config.backing() + " has room for " + usable + " bytes, its superblock says "
                        + superblock.sizeBytes());
            }
            ActivityLog activityLog = new ActivityLog(backing, superblock.sizeBytes());
            BitmapStore bitmap = new BitmapStore(backing, superblock.sizeBytes());
            BlockSet dirty = recover(superblock, activityLog, bitmap);
            LeaseGate lease = new LeaseGate(leasePage, config.group(), clock);
            Ledger ledger = new Ledger(superblock.sizeBytes(), dirty);
            return new Copy(
                    backing, store, superblock, new DataPath(backing, activityLog, bitmap, ledger, lease), lease);
        } catch (IOException | RuntimeException e) {
            backing.close();
            throw e;
        }
    }

    private static Superblock create(MirrorConfig config, BackingDevice backing, SuperblockStore store)
            throws IOException {
        if (!config.createBlank()) {
            throw new IOException(config.backing() + " carries no metadata of a mirror");
        }
        String foreign = Signatures.find(config.backing());
        if (!foreign.isEmpty()) {
            throw new IOException(
                    config.backing() + " is not blank (" + foreign + "); wipefs it first if its content may go");
        }
        long usable = backing.layout().usableBytes() / GRANULE * GRANULE;
        long size = config.sizeBytes() == 0 ? usable : config.sizeBytes() / BlockSet.BLOCK_BYTES * BlockSet.BLOCK_BYTES;
        if (size > backing.layout().usableBytes() || size <= 0) {
            throw new IOException(
                    config.backing() + " has room for " + usable + " bytes, asked for " + config.sizeBytes());
        }
        Superblock blank = Superblock.blank(UUID.randomUUID(), size);
        // What an earlier mirror of another size left must not be taken for this one's.
        new ActivityLog(backing, size).reset();
        BitmapStore bitmap = new BitmapStore(backing, size);
        var _ = bitmap.read();
        bitmap.saveAll(new BlockSet(size));
        store.write(blank);
        return blank;
    }

    /** After a crash of this Primary every extent that was hot may differ: marked before the log is emptied. */
    private static BlockSet recover(Superblock superblock, ActivityLog activityLog, BitmapStore bitmap)
            throws IOException {
        BlockSet dirty = bitmap.read();
        List<Integer> hot = activityLog.read();
        if (!hot.isEmpty()) {
            if (!superblock.clean()) {
                hot.stream().filter(extent -> extent < dirty.extents()).forEach(dirty::addExtent);
                bitmap.saveAll(dirty);
            }
            activityLog.reset();
        }
        return dirty;
    }

    void persist(Superblock next) throws IOException {
        store.write(next);
        superblock = next;
    }

    Superblock superblock() {
        return superblock;
    }

    BackingDevice backing() {
        return backing;
    }

    DataPath data() {
        return data;
    }

    LeaseGate lease() {
        return lease;
    }

    /** What the bitmap was made for; a blank copy's data may turn out smaller. */
    long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void close() {
        try {
            backing.flush();
            backing.close();
        } catch (IOException e) {
            System.err.println(backing.path() + ": " + e.getMessage());
        }
    }
}
