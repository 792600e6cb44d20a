// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import io.metalha.node.core.Epoch;
import io.metalha.node.mirror.state.DiskState;
import io.metalha.node.mirror.state.Generations;
import io.metalha.node.mirror.state.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads and writes the superblock; the field order is docs/mirror-format.md's. One thread at a time. */
public final class SuperblockStore {
    private static final long MAGIC = 0x4d48414d4952524fL; // "MHAMIRRO"

    private final Slots slots;

    public SuperblockStore(BackingDevice device) {
        slots = new Slots(device, MAGIC, device.layout()::superblockOffset);
    }

    public Optional<Superblock> read() throws IOException {
        ByteBuffer value = slots.read();
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(new Superblock(
                uuid(value),
                uuid(value),
                value.getLong(),
                DiskState.of(value.getInt()),
                new Generations(
                        value.getLong(), longs(value, Generations.BASES_MAX), longs(value, Generations.HISTORY_MAX)),
                value.getInt() != 0,
                value.getLong(),
                new Epoch(value.getLong(), value.getInt()),
                value.getInt() != 0,
                uuid(value)));
    }

    /** Durable when it returns. */
    public void write(Superblock superblock) throws IOException {
        ByteBuffer value = slots.next();
        put(value, superblock.data());
        put(value, superblock.copy());
        value.putLong(superblock.sizeBytes());
        value.putInt(superblock.disk().number());
        value.putLong(superblock.generations().current());
        put(value, superblock.generations().bases());
        put(value, superblock.generations().history());
        value.putInt(superblock.shared() ? 1 : 0);
        value.putLong(superblock.proposed());
        value.putLong(superblock.epoch().counter());
        value.putInt(superblock.epoch().voter());
        value.putInt(superblock.clean() ? 1 : 0);
        put(value, superblock.peerCopy());
        slots.write();
    }

    private static UUID uuid(ByteBuffer from) {
        return new UUID(from.getLong(), from.getLong());
    }

    private static void put(ByteBuffer to, UUID id) {
        to.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static List<Long> longs(ByteBuffer from, int max) throws IOException {
        int count = from.getInt();
        if (count < 0 || count > max) {
            throw new IOException("a superblock with " + count + " generation identifiers in one list");
        }
        List<Long> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(from.getLong());
        }
        return values;
    }

    private static void put(ByteBuffer to, List<Long> values) {
        to.putInt(values.size());
        values.forEach(to::putLong);
    }
}
