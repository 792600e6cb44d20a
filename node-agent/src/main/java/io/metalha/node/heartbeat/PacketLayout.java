// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where things stand in a packet. Big-endian.
 *
 * <pre>
 *    0 magic "MHB2" (4)      4 sender number (2)   6 receiver number (2)
 *    8 cluster uid hash      16 sender's session   24 receiver's session (0: not known yet)
 *   32 counter               40 send time, sender's clock
 *   48 echo: send time of the last packet that the sender had from the receiver (0: none)
 *   56 nanoseconds between the arrival of that packet and this send time
 *   64 number of the sender's voter set
 *   72 entries: length (2), bytes; the first byte is the kind
 *   end − 16: the first 16 bytes of HMAC-SHA-256 over all before
 * </pre>
 *
 * <p>A packet has at most {@value #PACKET_BYTES_MAX} bytes, so that it is not fragmented on Ethernet or in a tunnel. 200
 * renewals of 31 + 2 bytes need six packets.
 */
public final class PacketLayout {
    public static final int PACKET_BYTES_MAX = 1400;
    public static final int HEADER_BYTES = 72;
    public static final int MAC_BYTES = 16;
    /** The longest entry that fits. */
    public static final int ENTRY_BYTES_MAX = PACKET_BYTES_MAX - HEADER_BYTES - MAC_BYTES - Short.BYTES;
    /** Kind of the entry that carries the agent's blob; lease messages have the kinds below. */
    public static final byte BLOB = 0x40;

    static final int MAGIC = 0x4d484232;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private PacketLayout() {}

    public static long i64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    public static void i64(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }

    public static int i32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    public static void i32(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    public static int u16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xffff;
    }

    public static void u16(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }
}
