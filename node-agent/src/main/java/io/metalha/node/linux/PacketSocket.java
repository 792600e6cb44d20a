// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** packet(7): whole Ethernet frames of one protocol on one link. Not seen by nftables on the way out. One thread at a time. */
public final class PacketSocket implements AutoCloseable {
    public static final int ETHERTYPE_ARP = 0x0806;
    public static final int ETHERTYPE_IPV6 = 0x86dd;

    private static final int AF_PACKET = 17;
    private static final int FRAME_BYTES_MAX = 2048;

    /**
     * Keeps neighbour solicitations and advertisements only; else a busy link would fill the queue within the wait.
     * Classic BPF, {code, jump if true, jump if false, operand}: next header (byte 14+6) is ICMPv6, type (byte 14+40) is
     * 136 or 135.
     */
    private static final int[][] NEIGHBOUR_DISCOVERY = {
        {0x30, 0, 0, 20},
        {0x15, 0, 4, 58},
        {0x30, 0, 0, 54},
        {0x15, 1, 0, 136},
        {0x15, 0, 1, 135},
        {0x06, 0, 0, FRAME_BYTES_MAX},
        {0x06, 0, 0, 0},
    };

    private final int socket;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(FRAME_BYTES_MAX);

    private PacketSocket(int link, int etherType) throws KernelException {
        short protocol = Short.reverseBytes((short) etherType);
        // Protocol 0 until the filter is in place: nothing unfiltered gets in before bind names the protocol.
        socket = Sockets.open(AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, 0);
        if (etherType == ETHERTYPE_IPV6) {
            attach(NEIGHBOUR_DISCOVERY);
        }
        MemorySegment address = arena.allocate(20, 4);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(ValueLayout.JAVA_SHORT, 2, protocol);
        address.set(ValueLayout.JAVA_INT, 4, link);
        Sockets.bind(socket, address);
    }

    /** All ARP of the link, or its neighbour discovery (of IPv6, nothing else is let in). */
    public static PacketSocket open(NetworkLink link, int etherType) throws KernelException {
        return new PacketSocket(link.index(), etherType);
    }

    public void send(byte[] frame) throws KernelException {
        Sockets.send(socket, frame);
    }

    /** The next frame that waits, if any; never blocks. */
    public Optional<byte[]> poll() throws KernelException {
        int length = Sockets.receive(socket, buffer);
        return length == 0
                ? Optional.empty()
                : Optional.of(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Off the caller's thread: the kernel waits about 13 ms until no processor sees the socket any more. */
    @Override
    public void close() {
        Thread.ofVirtual().name("close-packet-socket").start(() -> Sockets.close(socket));
        arena.close();
    }

    private void attach(int[][] program) throws KernelException {
        MemorySegment instructions = arena.allocate(8L * program.length, 8);
        for (int i = 0; i < program.length; i++) {
            instructions.set(ValueLayout.JAVA_SHORT, 8L * i, (short) program[i][0]);
            instructions.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) program[i][1]);
            instructions.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) program[i][2]);
            instructions.set(ValueLayout.JAVA_INT, 8L * i + 4, program[i][3]);
        }
        MemorySegment filter = arena.allocate(16, 8);
        filter.set(ValueLayout.JAVA_SHORT, 0, (short) program.length);
        filter.set(ValueLayout.ADDRESS, 8, instructions);
        Sockets.option(socket, Sockets.SO_ATTACH_FILTER, filter);
    }
}
