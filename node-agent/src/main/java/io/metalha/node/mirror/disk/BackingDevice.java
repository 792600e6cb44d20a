// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A block device or file, held against a second mirror by a lock. Data goes through the page cache and is made durable by
 * {@link #flush}; metadata is written with O_DSYNC. Any thread.
 */
public final class BackingDevice implements AutoCloseable {
    private final Path path;
    private final FileChannel data;
    private final FileChannel metadata;
    private final MetadataLayout layout;

    private BackingDevice(Path path, FileChannel data, FileChannel metadata) throws IOException {
        this.path = path;
        this.data = data;
        this.metadata = metadata;
        this.layout = new MetadataLayout(data.size());
    }

    public static BackingDevice open(Path path) throws IOException {
        FileChannel data = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (lock(data) == null) {
                throw new IOException(path + " is in use by another mirror");
            }
            FileChannel metadata =
                    FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
            return new BackingDevice(path, data, metadata);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    public Path path() {
        return path;
    }

    public MetadataLayout layout() {
        return layout;
    }

    /** Fills the buffer's remaining bytes. */
    public void read(ByteBuffer into, long offset) throws IOException {
        readFully(data, into, offset);
    }

    public void write(ByteBuffer from, long offset) throws IOException {
        writeFully(data, from, offset);
    }

    /** Everything written before is durable when this returns. */
    public void flush() throws IOException {
        data.force(false);
    }

    void readMetadata(ByteBuffer into, long offset) throws IOException {
        readFully(metadata, into, offset);
    }

    /** Durable when it returns. */
    void writeMetadata(ByteBuffer from, long offset) throws IOException {
        writeFully(metadata, from, offset);
    }

    private void readFully(FileChannel channel, ByteBuffer into, long offset) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new IOException(path + " ends at " + at);
            }
            at += read;
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer from, long offset) throws IOException {
        long at = offset;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void close() throws IOException {
        metadata.close();
        data.close();
    }
}
