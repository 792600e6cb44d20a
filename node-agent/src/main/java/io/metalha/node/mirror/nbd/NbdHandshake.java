// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The fixed newstyle negotiation, with one export of whatever name. */
final class NbdHandshake {
    private static final int OPTION_BYTES_MAX = 4096;
    private static final int TRANSMISSION_FLAGS = Nbd.FLAG_HAS_FLAGS | Nbd.FLAG_SEND_FLUSH | Nbd.FLAG_SEND_FUA;

    private final NbdConnection connection;
    private final long sizeBytes;
    private boolean noZeroes;

    NbdHandshake(NbdConnection connection, long sizeBytes) {
        this.connection = connection;
        this.sizeBytes = sizeBytes;
    }

    /** True when requests follow. */
    boolean run() throws IOException {
        connection.send(ByteBuffer.allocate(18)
                .putLong(Nbd.MAGIC)
                .putLong(Nbd.OPTION_MAGIC)
                .putShort((short) (Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES))
                .flip());
        noZeroes = (connection.need(4).getInt() & Nbd.FLAG_NO_ZEROES) != 0;
        while (true) {
            ByteBuffer in = connection.need(16);
            if (in.getLong() != Nbd.OPTION_MAGIC) {
                throw new IOException("not an option");
            }
            int option = in.getInt();
            int length = in.getInt();
            if (length < 0 || length > OPTION_BYTES_MAX) {
                throw new IOException("an option of " + Integer.toUnsignedString(length) + " bytes");
            }
            in = connection.need(length);
            in.position(in.position() + length);
            switch (option) {
                case Nbd.OPT_EXPORT_NAME -> {
                    connection.send(export());
                    return true;
                }
                case Nbd.OPT_GO -> {
                    describe(option);
                    return true;
                }
                case Nbd.OPT_INFO -> describe(option);
                case Nbd.OPT_LIST -> {
                    answer(
                            option,
                            Nbd.REP_SERVER,
                            ByteBuffer.allocate(4).putInt(0).flip());
                    answer(option, Nbd.REP_ACK, ByteBuffer.allocate(0));
                }
                case Nbd.OPT_ABORT -> {
                    answer(option, Nbd.REP_ACK, ByteBuffer.allocate(0));
                    return false;
                }
                default -> answer(option, Nbd.REP_ERR_UNSUPPORTED, ByteBuffer.allocate(0));
            }
        }
    }

    private ByteBuffer export() {
        ByteBuffer reply = ByteBuffer.allocate(noZeroes ? 10 : 134);
        reply.putLong(sizeBytes).putShort((short) TRANSMISSION_FLAGS);
        return reply.clear();
    }

    private void describe(int option) throws IOException {
        answer(
                option,
                Nbd.REP_INFO,
                ByteBuffer.allocate(12)
                        .putShort(Nbd.INFO_EXPORT)
                        .putLong(sizeBytes)
                        .putShort((short) TRANSMISSION_FLAGS)
                        .flip());
        answer(
                option,
                Nbd.REP_INFO,
                ByteBuffer.allocate(14)
                        .putShort(Nbd.INFO_BLOCK_SIZE)
                        .putInt(512)
                        .putInt(4096)
                        .putInt(NbdConnection.REQUEST_BYTES_MAX)
                        .flip());
        answer(option, Nbd.REP_ACK, ByteBuffer.allocate(0));
    }

    private void answer(int option, int type, ByteBuffer body) throws IOException {
        connection.send(ByteBuffer.allocate(20 + body.remaining())
                .putLong(Nbd.OPTION_REPLY_MAGIC)
                .putInt(option)
                .putInt(type)
                .putInt(body.remaining())
                .put(body)
                .flip());
    }
}
