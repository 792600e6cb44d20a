// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file with the blocks of a copy that is about to be overwritten on a person's word.
 *
 * <p>{@value #HEADER_BYTES} bytes of text that starts with {@value #MAGIC} and tells of the copy, filled up with zeros; then per block its
 * offset (8 bytes, big endian), its CRC32C (4) and its {@value BlockSet#BLOCK_BYTES} bytes. It has its name only when it is whole and durable.
 */
public final class SavedBlocks {
    /** More than this is refused: a person copies the device instead. */
    public static final long BYTES_MAX = 16L << 30;
    /** So much of the file system stays free: the keeper's and the agent's files may be on it. */
    public static final long KEPT_FREE = 1L << 30;

    static final int HEADER_BYTES = 512;
    private static final String MAGIC = "metalha-saved-blocks 1\n";
    private static final int ENTRY_BYTES = Long.BYTES + Integer.BYTES + BlockSet.BLOCK_BYTES;

    private SavedBlocks() {}

    /**
     * An IOException's message is a sentence for people.
     *
     * @param mark makes the file's name its own: the time, for people
     */
    public static Path save(Path folder, String mirror, String mark, Superblock of, BlockSet blocks, BackingDevice from)
            throws IOException {
        Files.createDirectories(folder);
        long wanted = HEADER_BYTES + blocks.count() * ENTRY_BYTES;
        long free = Files.getFileStore(folder).getUsableSpace() - KEPT_FREE;
        if (wanted > BYTES_MAX || wanted > free) {
            throw new IOException("saving this side's blocks takes " + wanted + " bytes; " + folder + " may take "
                    + Math.max(0, Math.min(BYTES_MAX, free)) + " (at most " + BYTES_MAX + ", and " + KEPT_FREE
                    + " stay free): make room there, or copy the device and wipe its metadata");
        }
        Path part = folder.resolve(mirror + "-" + mark + ".part");
        Path whole = folder.resolve(mirror + "-" + mark + ".blocks");
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(out, header(mirror, of));
            for (long block = blocks.next(0); block >= 0; block = blocks.next(block + 1)) {
                write(out, entry(block * BlockSet.BLOCK_BYTES, from));
            }
            out.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        return whole;
    }

    private static ByteBuffer header(String mirror, Superblock of) {
        String text = MAGIC + "mirror " + mirror + "\ndata " + of.data() + "\ncopy " + of.copy() + "\ngeneration "
                + Long.toHexString(of.generations().current()) + "\nbytes " + of.sizeBytes() + "\n";
        return ByteBuffer.allocate(HEADER_BYTES)
                .put(text.getBytes(StandardCharsets.UTF_8))
                .position(HEADER_BYTES)
                .flip();
    }

    private static ByteBuffer entry(long offset, BackingDevice from) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        int content = Long.BYTES + Integer.BYTES;
        from.read(entry.position(content), offset);
        entry.clear().putLong(offset).putInt(checksum(entry.slice(content, BlockSet.BLOCK_BYTES)));
        return entry.clear();
    }

    /**
     * Writes the blocks into a file or device, where they were in the copy.
     *
     * @return how many
     */
    public static long writeBack(Path saved, Path target) throws IOException {
        check(saved, target, Files.size(saved));
        long blocks = 0;
        try (FileChannel in = FileChannel.open(saved, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
            in.position(HEADER_BYTES);
            ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
            for (; in.position() < in.size(); blocks++) {
                read(in, entry.clear());
                long offset = entry.flip().getLong();
                int sum = entry.getInt();
                if (sum != checksum(entry.slice())) {
                    throw new IOException(saved + " is damaged at block " + blocks);
                }
                for (long at = offset; entry.hasRemaining(); ) {
                    at += out.write(entry, at);
                }
            }
            out.force(true);
        }
        return blocks;
    }

    private static void check(Path saved, Path target, long size) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        try (FileChannel in = FileChannel.open(saved, StandardOpenOption.READ)) {
            boolean whole = size >= HEADER_BYTES && (size - HEADER_BYTES) % ENTRY_BYTES == 0;
            if (whole) {
                read(in, header);
            }
            if (!whole || !new String(header.array(), StandardCharsets.UTF_8).startsWith(MAGIC)) {
                throw new IOException(saved + " is no file of saved blocks, or not all of one");
            }
        }
        if (!Files.exists(target)) {
            throw new IOException(target + " does not exist: make a copy of the device first");
        }
    }

    private static int checksum(ByteBuffer content) {
        CRC32C sum = new CRC32C();
        sum.update(content);
        return (int) sum.getValue();
    }

    private static void read(FileChannel in, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (in.read(into) < 0) {
                throw new IOException("it ends too soon");
            }
        }
    }

    private static void write(FileChannel out, ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            out.write(from);
        }
    }
}
