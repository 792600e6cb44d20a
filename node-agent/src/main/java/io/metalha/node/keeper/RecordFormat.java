// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.VoterId;
import io.metalha.node.lease.LeaseEvent.StoredGroup;
import io.metalha.node.lease.StoreState;
import io.metalha.node.lease.VoterSet;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/**
 * The values of record files, big-endian.
 *
 * <pre>
 *   store  id (16)  state (1)  longest grant, nanoseconds (8)  number of groups (4)
 *          cluster (8)  number of the voter set (8)  a bit a voter of it (32); these three once there was a set with a number
 *   group  key (8)  promised (10)  epoch (10)  sequence (8)  owner (2)  copies (1)
 *          a copy: data (16)  copy (16)  up to date (1)  generation (8)
 * </pre>
 */
final class RecordFormat {
    static final int VOTER_NUMBER_MAX = 255;

    private static final int STORE_BYTES = 29;
    private static final int VOTERS_BYTES = (VOTER_NUMBER_MAX + 1) / 8;
    /** No group's record is as long: those have 39 bytes and 41 a copy. */
    private static final int STORE_WITH_SET_BYTES = STORE_BYTES + 8 + 8 + VOTERS_BYTES;

    private RecordFormat() {}

    /**
     * The value of the file {@code store}.
     *
     * @param cluster hash of the cluster's uid, whose {@code set} was used last; a store of another cluster binds to nothing
     */
    record Store(UUID id, StoreState state, Duration longestGrant, int groups, long cluster, VoterSet set) {}

    static byte[] encode(Store store) {
        ByteBuffer out = ByteBuffer.allocate(STORE_WITH_SET_BYTES)
                .putLong(store.id().getMostSignificantBits())
                .putLong(store.id().getLeastSignificantBits())
                .put((byte) store.state().ordinal())
                .putLong(store.longestGrant().toNanos())
                .putInt(store.groups())
                .putLong(store.cluster())
                .putLong(store.set().number());
        BitSet voters = new BitSet();
        store.set().voters().forEach(voter -> voters.set(voter.number()));
        out.put(voters.toByteArray());
        return Arrays.copyOf(out.array(), store.set().number() == 0 ? STORE_BYTES : STORE_WITH_SET_BYTES);
    }

    /** Throws IllegalArgumentException when the value is none. */
    static Store decodeStore(byte[] value) {
        try {
            ByteBuffer in = ByteBuffer.wrap(value);
            UUID id = new UUID(in.getLong(), in.getLong());
            int state = in.get();
            if (state < 0 || state >= StoreState.values().length) {
                throw new IllegalArgumentException("no store state: " + state);
            }
            Duration longestGrant = Duration.ofNanos(in.getLong());
            int groups = in.getInt();
            boolean withSet = in.hasRemaining();
            return new Store(
                    id,
                    StoreState.values()[state],
                    longestGrant,
                    groups,
                    withSet ? in.getLong() : 0,
                    withSet ? set(in) : VoterSet.NONE);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the store file is too short", e);
        }
    }

    private static VoterSet set(ByteBuffer in) {
        long number = in.getLong();
        return new VoterSet(
                number, BitSet.valueOf(in).stream().mapToObj(VoterId::new).toList());
    }

    /** A group's record has another length. */
    static boolean isStore(byte[] value) {
        return value.length == STORE_BYTES || value.length == STORE_WITH_SET_BYTES;
    }

    static boolean isOf(long group, byte[] value) {
        return !isStore(value)
                && value.length > STORE_BYTES
                && ByteBuffer.wrap(value).getLong() == group;
    }

    static byte[] encode(StoredGroup group) {
        ByteBuffer out = ByteBuffer.allocate(TwoSlotFile.VALUE_BYTES_MAX).putLong(group.group());
        GroupRecord written = group.record();
        epoch(out, group.promised());
        epoch(out, written.epoch());
        out.putLong(written.sequence()).putShort((short) written.owner());
        out.put((byte) written.copies().size());
        for (CopyEntry copy : written.copies()) {
            out.putLong(copy.data().getMostSignificantBits())
                    .putLong(copy.data().getLeastSignificantBits());
            out.putLong(copy.copy().getMostSignificantBits())
                    .putLong(copy.copy().getLeastSignificantBits());
            out.put((byte) (copy.upToDate() ? 1 : 0)).putLong(copy.generation());
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Throws IllegalArgumentException when the value is none. */
    static StoredGroup decodeGroup(byte[] value) {
        try {
            ByteBuffer in = ByteBuffer.wrap(value);
            long key = in.getLong();
            Epoch promised = epoch(in);
            Epoch epoch = epoch(in);
            long sequence = in.getLong();
            int owner = in.getShort() & 0xffff;
            int count = in.get();
            List<CopyEntry> copies = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                UUID data = new UUID(in.getLong(), in.getLong());
                UUID copy = new UUID(in.getLong(), in.getLong());
                boolean upToDate = in.get() != 0;
                copies.add(new CopyEntry(data, copy, upToDate, in.getLong()));
            }
            return new StoredGroup(key, promised, new GroupRecord(epoch, sequence, owner, copies));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the record is too short", e);
        }
    }

    private static void epoch(ByteBuffer out, Epoch epoch) {
        out.putLong(epoch.counter()).putShort((short) epoch.voter());
    }

    private static Epoch epoch(ByteBuffer in) {
        return new Epoch(in.getLong(), in.getShort() & 0xffff);
    }
}
