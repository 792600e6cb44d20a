// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.wire;

import io.metalha.node.linux.LazyMemory;
import io.metalha.node.local.Message;
import io.metalha.node.mirror.wire.Frame.Type;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * One TCP connection to the peer's mirror. Any thread may send (a frame goes out whole) and close; one thread reads.
 *
 * <p>Alive means heard: both sides send something at least every {@link #PING_TICKS} ticks, and a link on which a read
 * waits for {@link #SILENT_TICKS} ticks without a byte is silent. Silence alone ends nothing: a dead path and a peer that is
 * slow look the same from here. Ticks are counted instead of time, so that a process that was itself stopped does not blame
 * its peer.
 */
public final class Link implements AutoCloseable {
    /** How often the process calls {@link #ping} and {@link #listen}. */
    public static final long TICK_MILLIS = 50;

    /** Three pings in a row that did not come. */
    public static final Duration SILENT = Duration.ofMillis(300);

    static final int PING_TICKS = 2;
    static final int SILENT_TICKS = (int) (SILENT.toMillis() / TICK_MILLIS);

    private static final AtomicLong IDS = new AtomicLong();
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final long id = IDS.incrementAndGet();
    private final SocketChannel channel;
    private final String path;
    private final ReentrantLock sending = new ReentrantLock();
    private final ByteBuffer header = ByteBuffer.allocateDirect(Frame.HEADER_BYTES);
    private final ByteBuffer[] gather = new ByteBuffer[2];
    private final CRC32C sendSum = new CRC32C();
    private final CRC32C receiveSum = new CRC32C();
    private final Arena memory = Arena.ofShared();
    /** The reading thread's; as large as the largest frame that came. */
    private final ByteBuffer received;

    private volatile boolean reading;
    private volatile boolean heard;
    private volatile boolean sent;
    private volatile String closedBecause = "";
    private volatile int silentTicks;
    private int idleTicks;

    public Link(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.received = LazyMemory.buffer(Frame.PAYLOAD_MAX + 2 * Frame.HEADER_BYTES, memory)
                .limit(0);
        // Without it an acknowledgement waits for the peer's delayed ACK: 50 times slower at queue depth 16.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.path = String.valueOf(channel.getRemoteAddress()).replaceFirst("^[^/]*/", "");
    }

    public long id() {
        return id;
    }

    /** The peer's address, for people. */
    public String path() {
        return path;
    }

    public boolean isOpen() {
        return closedBecause.isEmpty();
    }

    public String closedBecause() {
        return closedBecause;
    }

    /** Sends the payload's remaining bytes; its position is left as it was. Closes the link when it cannot. */
    public void send(Type type, long sequence, long offset, ByteBuffer payload) throws IOException {
        sending.lock();
        try {
            ByteBuffer body = payload.duplicate();
            header.clear();
            header.putInt(Frame.MAGIC + type.ordinal()).putInt(body.remaining());
            header.putLong(sequence).putLong(offset).putInt(0);
            sendSum.reset();
            sendSum.update(header.duplicate().flip());
            sendSum.update(body.duplicate());
            header.putInt((int) sendSum.getValue()).flip();
            gather[0] = header;
            gather[1] = body;
            while (header.hasRemaining() || body.hasRemaining()) {
                channel.write(gather);
            }
            sent = true;
        } catch (IOException e) {
            close("cannot send: " + e);
            throw e;
        } finally {
            sending.unlock();
        }
    }

    public void send(Type type, long sequence) throws IOException {
        send(type, sequence, 0, EMPTY);
    }

    public void send(Message message) throws IOException {
        send(Type.CONTROL, 0, 0, ByteBuffer.wrap(message.line().getBytes(StandardCharsets.UTF_8)));
    }

    /** The next frame; waits for it. Its payload is good until the next read. */
    public Frame read() throws IOException {
        while (!hasFrame()) {
            if (!received.hasRemaining()) {
                received.clear().limit(0);
            } else if (received.capacity() - received.position() < needed()) {
                received.compact().flip();
            }
            fill();
        }
        int start = received.position();
        int length = received.getInt(start + 4);
        receiveSum.reset();
        receiveSum.update(received.slice(start, Frame.HEADER_BYTES - 4));
        ByteBuffer payload = received.slice(start + Frame.HEADER_BYTES, length);
        receiveSum.update(payload.duplicate());
        if ((int) receiveSum.getValue() != received.getInt(start + 28)) {
            throw new IOException("a frame's checksum is wrong");
        }
        Type type = Type.of(received.getInt(start) - Frame.MAGIC);
        received.position(start + Frame.HEADER_BYTES + length);
        return new Frame(type, received.getLong(start + 8), received.getLong(start + 16), payload);
    }

    /** Whether {@link #read} would return without waiting. */
    public boolean hasFrame() throws IOException {
        return received.remaining() >= Frame.HEADER_BYTES && received.remaining() >= needed();
    }

    private int needed() throws IOException {
        if (received.remaining() < Frame.HEADER_BYTES) {
            return Frame.HEADER_BYTES;
        }
        int length = received.getInt(received.position() + 4);
        if (length < 0 || length > Frame.PAYLOAD_MAX) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return Frame.HEADER_BYTES + length;
    }

    private void fill() throws IOException {
        int start = received.position();
        int end = received.limit();
        received.limit(received.capacity()).position(end);
        reading = true;
        int count;
        try {
            count = channel.read(received);
        } finally {
            reading = false;
            received.limit(received.position()).position(start);
        }
        if (count < 0) {
            throw new EOFException("the peer closed the link");
        }
        heard = true;
    }

    /** Called every {@link #TICK_MILLIS}; may wait for a peer that takes nothing. */
    public void ping() {
        idleTicks = sent ? 0 : idleTicks + 1;
        sent = false;
        if (idleTicks >= PING_TICKS && sending.tryLock()) {
            try {
                send(Type.PING, 0);
            } catch (IOException e) {
                // The link is closed and says why; its reader ends.
            } finally {
                sending.unlock();
            }
        }
    }

    /** Called every {@link #TICK_MILLIS} by one thread; waits for nothing. */
    public void listen() {
        silentTicks = heard || !reading ? 0 : silentTicks + 1;
        heard = false;
    }

    public boolean isSilent() {
        return silentTicks >= SILENT_TICKS && !heard;
    }

    /** For how long nothing came although it was waited for. */
    public Duration silence() {
        return Duration.ofMillis(silentTicks * TICK_MILLIS);
    }

    @Override
    public void close() {
        close("closed on this side");
    }

    /** Closes it, and gives its memory back: for whoever made it, when nobody reads it any more. */
    public void end(String why) {
        close(why);
        try {
            memory.close();
        } catch (IllegalStateException e) {
            // Ended before, or a read is still under way after all: what it reads into stays.
        }
    }

    public void close(String why) {
        synchronized (this) {
            if (closedBecause.isEmpty()) {
                closedBecause = why;
            }
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Gone is what was wanted.
        }
    }
}
