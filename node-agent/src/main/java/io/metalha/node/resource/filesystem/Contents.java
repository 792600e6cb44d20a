// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.resource.filesystem;

import io.metalha.node.resource.HostTool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** What a block device carries, read from the device itself (a millisecond; tune2fs would be a process). */
sealed interface Contents {
    /** @param errors the kernel or fsck marked it: it must be repaired before it is trusted with more writes */
    record Ext(boolean errors) implements Contents {}

    record Xfs() implements Contents {}

    /** A file system of ours that was being given its first content when that was cut short: as good as blank. */
    record Unfinished() implements Contents {}

    /** Nothing at all: no signature that anybody knows, and the first megabyte is zero. */
    record Blank() implements Contents {}

    record Foreign(String what) implements Contents {}

    /** ext4's layout document: the super block is at 1024, s_magic at 0x38, s_state at 0x3a. */
    int EXT_SUPER = 1024;

    int EXT_MAGIC = 0xef53;
    int EXT_STATE_ERRORS = 2;
    int EXT_LABEL = 0x78;
    int EXT_LABEL_BYTES = 16;
    int XFS_LABEL = 108; // sb_fname
    int XFS_LABEL_BYTES = 12;
    int XFS_MAGIC = 0x58465342; // "XFSB", big-endian
    int HEAD_BYTES = 1 << 20;

    /** Where ext keeps its first spare super block, for blocks of 1 KiB and of 4 KiB. */
    List<Long> EXT_SPARES = List.of(8193L * 1024, 32768L * 4096);

    static Contents read(Path device, Duration timeout) throws IOException, InterruptedException {
        try (var channel = FileChannel.open(device, StandardOpenOption.READ)) {
            ByteBuffer head = read(channel, 0, 4096);
            if (head.remaining() < 4096) {
                return new Foreign("less than 4096 bytes");
            }
            if ((head.getShort(EXT_SUPER + 0x38) & 0xffff) == EXT_MAGIC) {
                return label(head, EXT_SUPER + EXT_LABEL, EXT_LABEL_BYTES).equals(FirstContent.UNFINISHED_LABEL)
                        ? new Unfinished()
                        : new Ext((head.getShort(EXT_SUPER + 0x3a) & EXT_STATE_ERRORS) != 0);
            }
            if (Integer.reverseBytes(head.getInt(0)) == XFS_MAGIC) {
                return label(head, XFS_LABEL, XFS_LABEL_BYTES).equals(FirstContent.UNFINISHED_LABEL)
                        ? new Unfinished()
                        : new Xfs();
            }
            if (!isZero(read(channel, 0, HEAD_BYTES))) {
                return new Foreign("data of an unknown kind");
            }
            // A wiped head is no proof of a new device.
            for (long spare : EXT_SPARES) {
                ByteBuffer block = read(channel, spare, 1024);
                if (block.remaining() == 1024 && (block.getShort(0x38) & 0xffff) == EXT_MAGIC) {
                    return new Foreign("an ext file system whose head was wiped");
                }
            }
        }
        HostTool.Result known = HostTool.run(List.of("blkid", "-p", "-o", "full", device.toString()), timeout);
        return known.exitCode() == 2 ? new Blank() : new Foreign(known.lastLine());
    }

    private static String label(ByteBuffer head, int offset, int length) {
        byte[] bytes = new byte[length];
        head.get(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1).replace("\0", "");
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {
            // Until full or at the device's end.
        }
        return buffer.flip();
    }

    private static boolean isZero(ByteBuffer buffer) {
        return buffer.mismatch(ByteBuffer.allocate(buffer.remaining())) < 0;
    }
}
