// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.keeper;

import io.metalha.node.heartbeat.PacketLayout;
import io.metalha.node.lease.LeaseCodec;
import io.metalha.node.lease.LeaseMessage;
import io.metalha.node.lease.RenewalSink;

/**
 * Entries waiting to be sent, each behind its length, in one array. Allocates nothing after its making. What does not fit
 * any more is dropped, as the network may do; 256 groups' renewals or acknowledgements fit.
 */
final class EntryQueue implements RenewalSink {
    private static final int BYTES = 32 * 1024;
    private static final int SENT_OFFSET = 23;
    private static final int ECHO_OFFSET = 19;

    private final byte[] bytes = new byte[BYTES];
    private int end;
    /** Where the next acknowledgement most likely is already: they come in the same order every time. */
    private int likely;

    void clear() {
        end = 0;
        likely = 0;
    }

    boolean isEmpty() {
        return end == 0;
    }

    void add(LeaseMessage message) {
        if (end + Short.BYTES + LeaseCodec.MESSAGE_BYTES_MAX <= BYTES) {
            int size = LeaseCodec.encode(message, bytes, end + Short.BYTES);
            PacketLayout.u16(bytes, end, size);
            end += Short.BYTES + size;
        }
    }

    /** Adds kind and bytes. */
    void add(byte kind, byte[] value) {
        if (end + Short.BYTES + 1 + value.length <= BYTES) {
            PacketLayout.u16(bytes, end, 1 + value.length);
            bytes[end + Short.BYTES] = kind;
            System.arraycopy(value, 0, bytes, end + Short.BYTES + 1, value.length);
            end += Short.BYTES + 1 + value.length;
        }
    }

    @Override
    public void renew(long group, long epochCounter, int epochVoter, int leaseMillis, long sentNanos) {
        int at = open(LeaseCodec.RENEW_BYTES, LeaseCodec.RENEW, group, epochCounter, epochVoter);
        if (at >= 0) {
            PacketLayout.i32(bytes, at + 19, leaseMillis);
            PacketLayout.i64(bytes, at + SENT_OFFSET, sentNanos);
        }
    }

    /** Adds an acknowledgement; a later one of the same lease takes the earlier one's place. For queues of nothing else. */
    void acknowledge(long group, long epochCounter, int epochVoter, long echoNanos) {
        int at = find(group, epochCounter, epochVoter);
        if (at < 0) {
            at = open(LeaseCodec.RENEW_ACK_BYTES, LeaseCodec.RENEW_ACK, group, epochCounter, epochVoter);
            if (at < 0) {
                return;
            }
            PacketLayout.i64(bytes, at + ECHO_OFFSET, echoNanos);
        } else if (echoNanos > PacketLayout.i64(bytes, at + ECHO_OFFSET)) {
            PacketLayout.i64(bytes, at + ECHO_OFFSET, echoNanos);
        }
        likely = at + LeaseCodec.RENEW_ACK_BYTES;
    }

    private int find(long group, long epochCounter, int epochVoter) {
        int step = Short.BYTES + LeaseCodec.RENEW_ACK_BYTES;
        for (int scanned = 0, from = likely; scanned < end; scanned += step, from += step) {
            from = from >= end ? 0 : from;
            int at = from + Short.BYTES;
            if (PacketLayout.i64(bytes, at + 1) == group
                    && PacketLayout.i64(bytes, at + 9) == epochCounter
                    && PacketLayout.u16(bytes, at + 17) == epochVoter) {
                return at;
            }
        }
        return -1;
    }

    private int open(int size, byte kind, long group, long epochCounter, int epochVoter) {
        if (end + Short.BYTES + size > BYTES) {
            return -1;
        }
        PacketLayout.u16(bytes, end, size);
        int at = end + Short.BYTES;
        bytes[at] = kind;
        PacketLayout.i64(bytes, at + 1, group);
        PacketLayout.i64(bytes, at + 9, epochCounter);
        PacketLayout.u16(bytes, at + 17, epochVoter);
        end = at + size;
        return at;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where the entries end; each begins with two bytes of length. */
    int end() {
        return end;
    }
}
