// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.lease.LeaseMessage.Accepted;
import io.metalha.node.lease.LeaseMessage.Ask;
import io.metalha.node.lease.LeaseMessage.AskGroups;
import io.metalha.node.lease.LeaseMessage.GroupsAre;
import io.metalha.node.lease.LeaseMessage.Held;
import io.metalha.node.lease.LeaseMessage.Prepare;
import io.metalha.node.lease.LeaseMessage.Promise;
import io.metalha.node.lease.LeaseMessage.Propose;
import io.metalha.node.lease.LeaseMessage.Refused;
import io.metalha.node.lease.LeaseMessage.Release;
import io.metalha.node.lease.LeaseMessage.Renew;
import io.metalha.node.lease.LeaseMessage.RenewAck;
import io.metalha.node.lease.LeaseMessage.Standing;
import io.metalha.node.lease.LeaseMessage.StoreIs;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Messages as bytes: one kind byte, then the fields in the order of the record, big-endian. An epoch is 10 bytes (counter,
 * voter), a record 21 bytes and 41 for each copy, so the largest message (Standing with 16 copies) has
 * 1 + 8 + 8 + 1 + 10 + (21 + 16 × 41) + 8 = {@value #MESSAGE_BYTES_MAX} bytes and fits one packet.
 *
 * <p>The two of the steady state have fixed layouts that a flyweight reads and writes in place:
 *
 * <pre>
 *   Renew     0 kind (9)   1 group  9 epoch counter  17 epoch voter (2)  19 lease ms (4)  23 sent  = 31 bytes
 *   RenewAck  0 kind (10)  1 group  9 epoch counter  17 epoch voter (2)  19 echo                  = 27 bytes
 * </pre>
 */
public final class LeaseCodec {
    public static final int MESSAGE_BYTES_MAX = 713;
    public static final int RENEW_BYTES = 31;
    public static final int RENEW_ACK_BYTES = 27;

    public static final byte ASK = 1;
    public static final byte STANDING = 2;
    public static final byte PREPARE = 3;
    public static final byte PROMISE = 4;
    public static final byte HELD = 5;
    public static final byte PROPOSE = 6;
    public static final byte ACCEPTED = 7;
    public static final byte REFUSED = 8;
    public static final byte RENEW = 9;
    public static final byte RENEW_ACK = 10;
    public static final byte RELEASE = 11;
    public static final byte STORE_IS = 12;
    public static final byte ASK_GROUPS = 13;
    public static final byte GROUPS_ARE = 14;

    private LeaseCodec() {}

    /** Writes at {@code offset}; answers the number of bytes, at most {@link #MESSAGE_BYTES_MAX}. */
    public static int encode(LeaseMessage message, byte[] into, int offset) {
        var out = new Writer(into, offset);
        switch (message) {
            case Ask(long group, long sent) -> out.u8(ASK).i64(group).i64(sent);
            case Standing(long group, long echo, boolean voting, Epoch promised, GroupRecord record, long remaining) ->
                out.u8(STANDING)
                        .i64(group)
                        .i64(echo)
                        .u8(voting ? 1 : 0)
                        .epoch(promised)
                        .record(record)
                        .i64(remaining);
            case Prepare(long group, Epoch ballot, long sent) ->
                out.u8(PREPARE).i64(group).epoch(ballot).i64(sent);
            case Promise(long group, Epoch ballot, long echo, GroupRecord record) ->
                out.u8(PROMISE).i64(group).epoch(ballot).i64(echo).record(record);
            case Held(long group, Epoch ballot, Epoch holder, int owner, long remaining) ->
                out.u8(HELD).i64(group).epoch(ballot).epoch(holder).u16(owner).i64(remaining);
            case Propose(long group, GroupRecord record, int leaseMillis, long sent) ->
                out.u8(PROPOSE).i64(group).record(record).i32(leaseMillis).i64(sent);
            case Accepted(long group, Epoch epoch, long sequence, long echo) ->
                out.u8(ACCEPTED).i64(group).epoch(epoch).i64(sequence).i64(echo);
            case Refused(long group, Epoch ballot, Epoch promised) ->
                out.u8(REFUSED).i64(group).epoch(ballot).epoch(promised);
            case Renew(long group, Epoch epoch, int leaseMillis, long sent) ->
                out.u8(RENEW).i64(group).epoch(epoch).i32(leaseMillis).i64(sent);
            case RenewAck(long group, Epoch epoch, long echo) ->
                out.u8(RENEW_ACK).i64(group).epoch(epoch).i64(echo);
            case Release(long group, Epoch epoch) -> out.u8(RELEASE).i64(group).epoch(epoch);
            case StoreIs(StoreState state, int longestGrantMillis, boolean answerWanted) ->
                out.u8(STORE_IS).u8(state.ordinal()).i32(longestGrantMillis).u8(answerWanted ? 1 : 0);
            case AskGroups(int first, long sent) ->
                out.u8(ASK_GROUPS).u16(first).i64(sent);
            case GroupsAre(int first, int total, List<Long> groups, long echo) ->
                out.u8(GROUPS_ARE).u16(first).u16(total).i64(echo).keys(groups);
        }
        return out.at - offset;
    }

    /**
     * Reads the message of exactly {@code length} bytes at {@code offset}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static LeaseMessage decode(byte[] from, int offset, int length) {
        var in = new Reader(from, offset, offset + length);
        int kind = in.u8();
        LeaseMessage message =
                switch (kind) {
                    case ASK -> new Ask(in.i64(), in.i64());
                    case STANDING -> new Standing(in.i64(), in.i64(), in.u8() != 0, in.epoch(), in.record(), in.i64());
                    case PREPARE -> new Prepare(in.i64(), in.epoch(), in.i64());
                    case PROMISE -> new Promise(in.i64(), in.epoch(), in.i64(), in.record());
                    case HELD -> new Held(in.i64(), in.epoch(), in.epoch(), in.u16(), in.i64());
                    case PROPOSE -> new Propose(in.i64(), in.record(), in.i32(), in.i64());
                    case ACCEPTED -> new Accepted(in.i64(), in.epoch(), in.i64(), in.i64());
                    case REFUSED -> new Refused(in.i64(), in.epoch(), in.epoch());
                    case RENEW -> new Renew(in.i64(), in.epoch(), in.i32(), in.i64());
                    case RENEW_ACK -> new RenewAck(in.i64(), in.epoch(), in.i64());
                    case RELEASE -> new Release(in.i64(), in.epoch());
                    case STORE_IS -> new StoreIs(storeState(in.u8()), in.i32(), in.u8() != 0);
                    case ASK_GROUPS -> new AskGroups(in.u16(), in.i64());
                    case GROUPS_ARE -> groupsAre(in.u16(), in.u16(), in.i64(), in);
                    default -> throw new IllegalArgumentException("no lease message begins with " + kind);
                };
        if (in.at != in.end) {
            throw new IllegalArgumentException(in.end - in.at + " bytes behind the message");
        }
        return message;
    }

    private static GroupsAre groupsAre(int first, int total, long echo, Reader in) {
        int count = in.u8();
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(in.i64());
        }
        return new GroupsAre(first, total, keys, echo);
    }

    private static StoreState storeState(int ordinal) {
        StoreState[] all = StoreState.values();
        if (ordinal >= all.length) {
            throw new IllegalArgumentException("no store state: " + ordinal);
        }
        return all[ordinal];
    }

    private static final class Writer {
        private final byte[] bytes;
        private int at;

        Writer(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        Writer big(long value, int size) {
            for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
                bytes[at++] = (byte) (value >>> shift);
            }
            return this;
        }

        Writer u8(int value) {
            return big(value, 1);
        }

        Writer u16(int value) {
            return big(value, 2);
        }

        Writer i32(int value) {
            return big(value, 4);
        }

        Writer i64(long value) {
            return big(value, 8);
        }

        Writer epoch(Epoch epoch) {
            return i64(epoch.counter()).u16(epoch.voter());
        }

        Writer record(GroupRecord record) {
            epoch(record.epoch()).i64(record.sequence()).u16(record.owner());
            u8(record.copies().size());
            for (CopyEntry copy : record.copies()) {
                uuid(copy.data()).uuid(copy.copy()).u8(copy.upToDate() ? 1 : 0).i64(copy.generation());
            }
            return this;
        }

        Writer keys(List<Long> keys) {
            u8(keys.size());
            for (long key : keys) {
                i64(key);
            }
            return this;
        }

        private Writer uuid(UUID id) {
            return i64(id.getMostSignificantBits()).i64(id.getLeastSignificantBits());
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private final int end;
        private int at;

        Reader(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        private long big(int size) {
            if (at + size > end) {
                throw new IllegalArgumentException("the message is cut short");
            }
            long value = 0;
            for (int i = 0; i < size; i++) {
                value = value << 8 | (bytes[at++] & 0xff);
            }
            return value;
        }

        int u8() {
            return (int) big(1);
        }

        int u16() {
            return (int) big(2);
        }

        int i32() {
            return (int) big(4);
        }

        long i64() {
            return big(8);
        }

        Epoch epoch() {
            return new Epoch(i64(), u16());
        }

        GroupRecord record() {
            Epoch epoch = epoch();
            long sequence = i64();
            int owner = u16();
            int count = u8();
            List<CopyEntry> copies = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                UUID data = new UUID(i64(), i64());
                UUID copy = new UUID(i64(), i64());
                boolean upToDate = u8() != 0;
                copies.add(new CopyEntry(data, copy, upToDate, i64()));
            }
            return new GroupRecord(epoch, sequence, owner, copies);
        }
    }
}
