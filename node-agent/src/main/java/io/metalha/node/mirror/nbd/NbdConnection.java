// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.nbd;

import io.metalha.node.linux.LazyMemory;
import io.metalha.node.mirror.data.Completion;
import io.metalha.node.mirror.data.DataPath;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One NBD client. Its thread reads a request and does it at once, a write straight from the buffer that it was received
 * into: the buffer is not used again before the write is on this copy and sent to the peer. Replies come from whichever
 * thread learns that a request is done.
 */
final class NbdConnection {
    static final int REQUEST_BYTES_MAX = 2 << 20;

    private static final int HEADER_BYTES = 28;
    private static final int REPLY_BYTES = 16;

    private final SocketChannel channel;
    private final DataPath data;
    private final long sizeBytes;
    /** The buffers', which are this connection's thread's alone; as large as the largest request that came. */
    private final Arena memory = Arena.ofShared();

    private final ByteBuffer in;
    private final ByteBuffer readBuffer;
    private final ReentrantLock replying = new ReentrantLock();
    private final ByteBuffer replyHeader = ByteBuffer.allocateDirect(REPLY_BYTES);

    NbdConnection(SocketChannel channel, DataPath data, long sizeBytes) throws IOException {
        this.channel = channel;
        this.data = data;
        this.sizeBytes = sizeBytes;
        this.in = LazyMemory.buffer(REQUEST_BYTES_MAX + 4096, memory).limit(0);
        this.readBuffer = LazyMemory.buffer(REQUEST_BYTES_MAX, memory);
    }

    void run() {
        try (memory;
                channel) {
            if (new NbdHandshake(this, sizeBytes).run()) {
                while (request()) {
                    // Each is done, or under way, when request returns.
                }
            }
        } catch (IOException e) {
            if (channel.isOpen()) {
                System.err.println("NBD client: " + e.getMessage());
            }
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Gone is what was wanted.
        }
    }

    private boolean request() throws IOException {
        need(HEADER_BYTES);
        if (in.getInt() != Nbd.REQUEST_MAGIC) {
            throw new IOException("not a request");
        }
        int flags = in.getShort();
        int command = in.getShort();
        long handle = in.getLong();
        long offset = in.getLong();
        int length = in.getInt();
        if (command == Nbd.CMD_DISC) {
            return false;
        }
        if (command == Nbd.CMD_WRITE && (length < 0 || length > REQUEST_BYTES_MAX)) {
            throw new IOException("a write of " + Integer.toUnsignedString(length) + " bytes");
        }
        boolean ranged = command == Nbd.CMD_READ || command == Nbd.CMD_WRITE;
        boolean inside = length > 0 && length <= REQUEST_BYTES_MAX && offset >= 0 && offset <= sizeBytes - length;
        if (ranged && !inside) {
            if (command == Nbd.CMD_WRITE) {
                need(length);
                in.position(in.position() + length);
            }
            reply(handle, Nbd.EINVAL);
            return true;
        }
        switch (command) {
            case Nbd.CMD_READ -> read(handle, offset, length);
            case Nbd.CMD_WRITE -> write(handle, offset, length, (flags & Nbd.CMD_FLAG_FUA) != 0);
            case Nbd.CMD_FLUSH -> flush(handle);
            default -> reply(handle, Nbd.EINVAL);
        }
        return true;
    }

    private void read(long handle, long offset, int length) throws IOException {
        readBuffer.clear().limit(length);
        boolean ok;
        try {
            ok = data.read(readBuffer, offset);
        } catch (IOException e) {
            System.err.println("read at " + offset + ": " + e.getMessage());
            ok = false;
        }
        if (!ok) {
            reply(handle, Completion.EIO);
            return;
        }
        replying.lock();
        try {
            header(handle, Completion.OK);
            ByteBuffer[] both = {replyHeader, readBuffer.flip()};
            while (readBuffer.hasRemaining()) {
                channel.write(both);
            }
        } finally {
            replying.unlock();
        }
    }

    private void write(long handle, long offset, int length, boolean fua) throws IOException {
        need(length);
        ByteBuffer payload = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            if (fua) {
                // A flush after the write covers it, on both copies; only that is answered.
                data.write(Completion.internal(() -> {}), offset, payload);
                data.flush(error -> replyQuietly(handle, error));
            } else {
                data.write(error -> replyQuietly(handle, error), offset, payload);
            }
        } catch (IOException e) {
            System.err.println("write at " + offset + ": " + e.getMessage());
            reply(handle, Completion.EIO);
        }
    }

    private void flush(long handle) throws IOException {
        try {
            data.flush(error -> replyQuietly(handle, error));
        } catch (IOException e) {
            System.err.println("flush: " + e.getMessage());
            reply(handle, Completion.EIO);
        }
    }

    private void replyQuietly(long handle, int error) {
        try {
            reply(handle, error);
        } catch (IOException e) {
            // The client is gone; its own thread notices.
        }
    }

    private void reply(long handle, int error) throws IOException {
        replying.lock();
        try {
            header(handle, error);
            while (replyHeader.hasRemaining()) {
                channel.write(replyHeader);
            }
        } finally {
            replying.unlock();
        }
    }

    private void header(long handle, int error) {
        replyHeader.clear();
        replyHeader.putInt(Nbd.REPLY_MAGIC).putInt(error).putLong(handle).flip();
    }

    /** Reads until that many bytes are at hand. */
    ByteBuffer need(int bytes) throws IOException {
        while (in.remaining() < bytes) {
            if (!in.hasRemaining()) {
                in.clear().limit(0);
            } else if (in.capacity() - in.position() < bytes) {
                in.compact().flip();
            }
            int start = in.position();
            in.position(in.limit()).limit(in.capacity());
            int count;
            try {
                count = channel.read(in);
            } finally {
                in.limit(in.position()).position(start);
            }
            if (count < 0) {
                throw new EOFException("the client is gone");
            }
        }
        return in;
    }

    void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
