// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.data;

import io.metalha.node.mirror.disk.BackingDevice;
import io.metalha.node.mirror.wire.Frame;
import io.metalha.node.mirror.wire.Link;
import java.io.IOException;

/** The Secondary's side: does what the Primary sends, in its order, on the thread that reads the link. */
public final class Replica {
    private final BackingDevice device;
    private final long sizeBytes;
    private final Link link;
    private final SyncChunk chunk;
    private final Object applying = new Object();
    private volatile boolean accepting;
    private long unconfirmed;

    public Replica(BackingDevice device, long sizeBytes, Link link) {
        this.device = device;
        this.sizeBytes = sizeBytes;
        this.link = link;
        this.chunk = new SyncChunk(device);
    }

    /** When this returns with false, nothing is being applied, and nothing will be. */
    public void accept(boolean accept) {
        synchronized (applying) {
            accepting = accept;
        }
    }

    /** Applies a frame of data; an IOException ends the link. */
    public void apply(Frame frame) throws IOException {
        synchronized (applying) {
            if (!accepting) {
                throw new IOException("data from one who is not followed");
            }
            long offset = frame.offset();
            int length = frame.payload().remaining();
            if (offset < 0 || offset + length > sizeBytes) {
                throw new IOException("a write beyond the end: " + offset + " + " + length);
            }
            switch (frame.type()) {
                case WRITE -> {
                    device.write(frame.payload(), offset);
                    unconfirmed = frame.sequence();
                }
                case FLUSH -> {
                    confirm();
                    device.flush();
                    unconfirmed = frame.sequence();
                }
                case SYNC_SUM -> {
                    int mask = (int) frame.sequence();
                    int different = chunk.different(offset, mask, frame.payload());
                    link.send(
                            Frame.Type.SYNC_WANT,
                            different & 0xffffffffL,
                            offset,
                            frame.payload().limit(0).position(0));
                }
                case SYNC_DATA -> chunk.write(offset, (int) frame.sequence(), frame.payload());
                case CONTROL, PING, BITMAP, ACK, SYNC_WANT -> throw new IOException("not data: " + frame.type());
            }
        }
    }

    /** Confirms what was applied; called when no further frame is at hand, so that many share one. */
    public void confirm() throws IOException {
        if (unconfirmed != 0) {
            link.send(Frame.Type.ACK, unconfirmed);
            unconfirmed = 0;
        }
    }
}
