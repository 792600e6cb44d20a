// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.local.Message;
import io.metalha.node.mirror.data.Replica;
import io.metalha.node.mirror.data.Resync;
import io.metalha.node.mirror.state.BlockSet;
import io.metalha.node.mirror.state.PeerView;
import io.metalha.node.mirror.wire.Frame;
import io.metalha.node.mirror.wire.Link;
import io.metalha.node.mirror.wire.PeerCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One authenticated link of one mirror, from the exchange of what each side is to its end. Its thread reads, applies what
 * the Primary sends, and steps the mirror with what the peer says.
 */
final class Session {
    private static final int BITMAP_FRAME_BYTES = 256 << 10;
    private static final int EXTENT_BYTES = Integer.BYTES + BlockSet.EXTENT_LONGS * Long.BYTES;
    private static final long END_MILLIS = 2000;

    private final Mirror mirror;
    private final Link link;
    private final boolean dialed;
    private final long peerAttach;
    private final Replica replica;
    private final BlockSet peerDirty;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Resync resync;
    private boolean met;
    private @Nullable PeerView peer;

    Session(Mirror mirror, Link link, boolean dialed, long peerAttach, Replica replica, long sizeBytes) {
        this.mirror = mirror;
        this.link = link;
        this.dialed = dialed;
        this.peerAttach = peerAttach;
        this.replica = replica;
        this.peerDirty = new BlockSet(sizeBytes);
    }

    Link link() {
        return link;
    }

    boolean dialed() {
        return dialed;
    }

    long peerAttach() {
        return peerAttach;
    }

    Replica replica() {
        return replica;
    }

    BlockSet peerDirty() {
        return peerDirty;
    }

    @Nullable
    Resync resync() {
        return resync;
    }

    void resync(Resync started) {
        resync = started;
    }

    /** Waits for the reading thread's end; false when it takes too long. */
    boolean awaitEnd() throws InterruptedException {
        return ended.await(END_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Tells the peer what this side is; the caller made this session the mirror's own before. */
    void introduce(PeerView mine, BlockSet dirty) throws IOException {
        link.send(PeerCodec.encode(mine));
        ByteBuffer some = ByteBuffer.allocate(BITMAP_FRAME_BYTES);
        for (int extent = 0; extent < dirty.extents(); extent++) {
            if (dirty.touchesExtent(extent)) {
                some.putInt(extent);
                for (long word : dirty.extent(extent)) {
                    some.putLong(word);
                }
            }
            if (some.remaining() < EXTENT_BYTES) {
                link.send(Frame.Type.BITMAP, 0, 0, some.flip());
                some.clear();
            }
        }
        link.send(Frame.Type.BITMAP, 0, 0, some.flip());
        link.send(Message.of("met"));
    }

    /** Reads until the link ends. */
    void run() {
        try {
            while (link.isOpen()) {
                handle(link.read());
                if (!link.hasFrame()) {
                    replica.confirm();
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            link.close(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            e.printStackTrace();
            link.close(e.toString());
        } finally {
            link.close("ended");
            replica.accept(false);
            mirror.ended(this, met);
            ended.countDown();
        }
    }

    private void handle(Frame frame) throws IOException {
        switch (frame.type()) {
            case PING -> {}
            case CONTROL ->
                control(Message.parse(
                        StandardCharsets.UTF_8.decode(frame.payload()).toString()));
            case BITMAP -> bitmap(frame.payload());
            case ACK -> mirror.data().confirmed(frame.sequence());
            case SYNC_WANT -> {
                Resync running = resync;
                if (running != null) {
                    running.wanted(frame.offset(), (int) frame.sequence());
                }
            }
            case WRITE, FLUSH, SYNC_SUM, SYNC_DATA -> replica.apply(frame);
        }
    }

    private void control(Message line) throws IOException {
        switch (line.verb()) {
            case "view" -> peer = PeerCodec.decodeView(line);
            case "met" -> {
                if (peer == null || met) {
                    throw new IOException("met out of order");
                }
                met = true;
                mirror.met(this, peer);
            }
            default -> {
                if (!met) {
                    throw new IOException("'" + line.verb() + "' before the meeting");
                }
                mirror.peerSaid(this, PeerCodec.decode(line));
            }
        }
    }

    private void bitmap(ByteBuffer some) throws IOException {
        if (met || some.remaining() % EXTENT_BYTES != 0) {
            throw new IOException("a bitmap out of order");
        }
        long[] words = new long[BlockSet.EXTENT_LONGS];
        while (some.hasRemaining()) {
            int extent = some.getInt();
            for (int i = 0; i < words.length; i++) {
                words[i] = some.getLong();
            }
            if (extent >= 0 && extent < peerDirty.extents()) {
                peerDirty.orExtent(extent, words);
            }
        }
    }
}
