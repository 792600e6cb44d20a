// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class NbdServerTest {
    @TempDir
    Path dir;

    /** Without: after one mmap that fails nothing can be attached any more until the mirror process is started again. */
    @Test
    void sendsAClientAwayForWhichThereIsNoMemoryAndServesTheNext() throws Exception {
        var asked = new AtomicInteger();
        var second = new CountDownLatch(1);
        Path socket = dir.resolve("nbd");
        try (NbdServer _ = NbdServer.listen(socket, _ -> {
            if (asked.incrementAndGet() == 2) {
                second.countDown();
            }
            throw new IOException("no memory for a buffer");
        })) {
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertEquals(-1, client.read(ByteBuffer.allocate(1)), "the client must not wait for ever");
            }
            try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertTrue(second.await(10, TimeUnit.SECONDS), "nobody accepts any more");
            }
        }
    }
}
