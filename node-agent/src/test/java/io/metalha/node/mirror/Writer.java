// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** Writes numbered blocks of 4096 bytes to a device, one after the other, and knows which were acknowledged. */
final class Writer implements AutoCloseable {
    static final int BLOCK = 4096;
    private final Path device;
    private final int blocks;
    private final AtomicLong acknowledged = new AtomicLong();
    private final Thread thread;
    private volatile long longestNanos;
    private volatile boolean stop;
    private volatile IOException failure;

    Writer(Path device, int blocks) {
        this.device = device;
        this.blocks = blocks;
        this.thread = Thread.ofPlatform().daemon().start(this::run);
    }

    /** The highest number that was acknowledged; number n went to block n modulo the count. */
    long acknowledged() {
        return acknowledged.get();
    }

    IOException failure() {
        return failure;
    }

    long longestMillis() {
        return longestNanos / 1_000_000;
    }

    void forgetLongest() {
        longestNanos = 0;
    }

    private void run() {
        try (FileChannel channel =
                FileChannel.open(device.toRealPath(), StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            ByteBuffer buffer = Arena.ofAuto().allocate(BLOCK, BLOCK).asByteBuffer();
            for (long number = 1; !stop; number++) {
                for (int i = 0; i < BLOCK; i += 8) {
                    buffer.putLong(i, number);
                }
                long start = System.nanoTime();
                channel.write(buffer.clear(), number % blocks * BLOCK);
                longestNanos = Math.max(longestNanos, System.nanoTime() - start);
                acknowledged.set(number);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Whether the device holds every acknowledged number, or a later one. */
    void assertNothingLost(Path read) throws IOException {
        long upTo = acknowledged();
        try (FileChannel channel = FileChannel.open(read, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(8);
            for (long number = Math.max(1, upTo - blocks + 1); number <= upTo; number++) {
                channel.read(buffer.clear(), number % blocks * BLOCK);
                long found = buffer.getLong(0);
                if (found < number) {
                    throw new AssertionError("number " + number + " was acknowledged, block holds " + found);
                }
            }
        }
    }

    void end() throws InterruptedException {
        stop = true;
        thread.join(20_000);
        if (thread.isAlive()) {
            throw new AssertionError("the writer hangs");
        }
    }

    @Override
    public void close() throws InterruptedException {
        end();
    }
}
