// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.data;

import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.wire.Frame;
import io.metalha.node.mirror.wire.Link;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The source's side of a resync over one link: offers digests of what is marked, sends what the target finds different, and
 * at the end makes all of it durable on both. What the application writes meanwhile goes to both copies in the same stream,
 * and no write comes between reading a block and sending it, so the target never ends with the older of two.
 */
public final class Resync implements Runnable {
    /** Chunks offered and not answered; bounds what the target must keep and how late a write waits behind them. */
    private static final int WINDOW = 16;
    /** While the application is busy, resync rests this many times as long as it worked. */
    private static final int REST_FACTOR = 2;

    /** A target's answer: the blocks of a chunk that differ. */
    private record Want(long offset, int mask) {}

    private final DataPath data;
    private final Link link;
    private final BlockSet todo;
    private final long total;
    private final Consumer<Resync> finished;
    private final SyncChunk chunk;
    private final LinkedBlockingQueue<Want> wants = new LinkedBlockingQueue<>();
    private final long began = System.nanoTime();
    private volatile long remaining;
    private long sent;

    /** @param finished told when both copies are equal and durable, on this object's thread */
    public Resync(DataPath data, Link link, BlockSet todo, Consumer<Resync> finished) {
        this.data = data;
        this.link = link;
        this.todo = todo;
        this.total = todo.count();
        this.remaining = total;
        this.finished = finished;
        this.chunk = new SyncChunk(data.device());
    }

    /** The target answered. */
    public void wanted(long offset, int mask) {
        wants.add(new Want(offset, mask));
    }

    /** Done of what had to be compared, 0 to 100. */
    public int percent() {
        return total == 0 ? 100 : (int) ((total - remaining) * 100 / total);
    }

    public long remainingBytes() {
        return remaining * BlockSet.BLOCK_BYTES;
    }

    /** For the log, once it has finished: what was compared, what of it had to be sent, how long it took. */
    public String summary() {
        return "compared %d bytes, sent %d bytes in %d ms"
                .formatted(
                        total * BlockSet.BLOCK_BYTES,
                        sent * BlockSet.BLOCK_BYTES,
                        (System.nanoTime() - began) / 1_000_000);
    }

    @Override
    public void run() {
        try {
            if (copyAll() && flushBoth() && link.isOpen()) {
                finished.accept(this);
            }
        } catch (IOException e) {
            link.close("resync: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean copyAll() throws IOException, InterruptedException {
        long next = todo.next(0);
        int open = 0;
        while (next >= 0 || open > 0) {
            if (!link.isOpen()) {
                return false;
            }
            Want want = next < 0 || open >= WINDOW ? wants.poll(100, TimeUnit.MILLISECONDS) : wants.poll();
            long start = System.nanoTime();
            if (want != null) {
                open--;
                send(want);
            } else if (next >= 0 && open < WINDOW) {
                long first = next / SyncChunk.BLOCKS * SyncChunk.BLOCKS;
                offer(first);
                open++;
                next = todo.next(first + SyncChunk.BLOCKS);
            } else {
                continue;
            }
            if (data.isBusy()) {
                LockSupport.parkNanos((System.nanoTime() - start) * REST_FACTOR);
            }
        }
        return true;
    }

    private void offer(long firstBlock) throws IOException {
        int mask = SyncChunk.mask(todo, firstBlock);
        long offset = firstBlock * BlockSet.BLOCK_BYTES;
        data.exclusively(() -> link.send(Frame.Type.SYNC_SUM, mask, offset, chunk.digests(offset, mask)));
        remaining -= Integer.bitCount(mask);
    }

    private void send(Want want) throws IOException {
        if (want.mask != 0) {
            sent += Integer.bitCount(want.mask);
            data.exclusively(
                    () -> link.send(Frame.Type.SYNC_DATA, want.mask, want.offset, chunk.read(want.offset, want.mask)));
        }
    }

    /** TCP keeps order: when the target confirms this flush, everything sent before is durable there. */
    private boolean flushBoth() throws IOException, InterruptedException {
        CountDownLatch flushed = new CountDownLatch(1);
        data.flush(Completion.internal(flushed::countDown));
        while (link.isOpen()) {
            if (flushed.await(100, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }
}
