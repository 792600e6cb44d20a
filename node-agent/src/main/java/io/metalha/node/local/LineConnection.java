// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection of a local socket. {@link #send} never blocks: lines wait in a queue of {@value #QUEUE_LINES}; a peer
 * that lets it fill, or that takes nothing for {@link #STALL}, is disconnected, so that no part of a server waits for
 * another. Any thread may send and close.
 */
public final class LineConnection implements AutoCloseable {
    public static final int QUEUE_LINES = 1024;
    static final Duration STALL = Duration.ofSeconds(2);

    private final SocketChannel channel;
    private final LineHandler handler;
    private final ArrayBlockingQueue<Message> outgoing = new ArrayBlockingQueue<>(QUEUE_LINES);
    private volatile String closedBecause = ""; // empty: open
    private volatile long writingSinceNanos; // 0: not writing

    LineConnection(SocketChannel channel, LineHandler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    /** Queues the line; false when the connection is closed or was closed now because the queue is full. */
    public boolean send(Message message) {
        if (!isOpen()) {
            return false;
        }
        if (!outgoing.offer(message)) {
            close("its queue of " + QUEUE_LINES + " lines is full");
            return false;
        }
        return true;
    }

    /** Queues a line that may as well be lost, as a packet: not when half of the queue is taken. */
    public boolean sendIfRoom(Message message) {
        return outgoing.remainingCapacity() > QUEUE_LINES / 2 && send(message);
    }

    public boolean isOpen() {
        return closedBecause.isEmpty();
    }

    @Override
    public void close() {
        close("closed on this side");
    }

    void close(String why) {
        synchronized (this) {
            if (closedBecause.isEmpty()) {
                closedBecause = why;
            }
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is left to release; the reason to close is already kept.
        }
    }

    /** Reads until the connection ends; the caller's thread is the reading thread. */
    void run(ThreadFactory threads) {
        Thread writer = threads.newThread(this::write);
        Thread watch = threads.newThread(this::watch);
        writer.start();
        watch.start();
        handler.connected(this);
        try {
            new LineReader(channel).read(message -> handler.received(this, message));
            close("the other side closed");
        } catch (IOException | IllegalArgumentException e) {
            close(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            close(e.toString());
        } finally {
            close("ended");
            writer.interrupt();
            LockSupport.unpark(watch);
            handler.disconnected(this, closedBecause);
        }
    }

    private void write() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Message.LINE_MAX_BYTES);
        try {
            while (isOpen()) {
                byte[] line = outgoing.take().line().getBytes(StandardCharsets.UTF_8);
                if (line.length >= buffer.capacity()) {
                    throw new IOException("a line of " + line.length + " bytes is too long to send");
                }
                buffer.clear().put(line).put((byte) '\n').flip();
                writingSinceNanos = System.nanoTime() | 1;
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                writingSinceNanos = 0;
            }
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            close("ended");
        }
    }

    private void watch() {
        while (isOpen()) {
            LockSupport.parkNanos(STALL.toNanos() / 4);
            long since = writingSinceNanos;
            if (since != 0 && System.nanoTime() - since > STALL.toNanos()) {
                close("the other side took nothing for " + STALL.toSeconds() + " s");
            }
        }
    }
}
