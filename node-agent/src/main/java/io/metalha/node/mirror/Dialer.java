// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.local.Message;
import io.metalha.node.mirror.wire.Authentication;
import io.metalha.node.mirror.wire.Frame;
import io.metalha.node.mirror.wire.Link;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a mirror connected: whenever it has no link, or a silent one, every path is tried, the best first and each further
 * one {@value #STAGGER_MILLIS} ms later; the first that proves the key is taken, the others are dropped. One that was begun
 * while the link was silent is dropped, too, when the link is heard again.
 */
final class Dialer implements Runnable {
    static final int STAGGER_MILLIS = 60;
    private static final int CONNECT_MILLIS = 300;
    private static final long ROUND_MILLIS = 1000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** While there is a link; its silence and its end wake. */
    private static final long CONTENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Mirror mirror;
    private final Thread thread;
    /** One connection at a time becomes the link: two, of one round or of two, would take turns in ending each other. */
    private final AtomicBoolean joining = new AtomicBoolean();

    private volatile boolean stopped;

    Dialer(Mirror mirror) {
        this.mirror = mirror;
        this.thread = Thread.ofVirtual()
                .name("mirror-dialer-" + mirror.config().name())
                .unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** There may be something to dial for. */
    void wake() {
        LockSupport.unpark(thread);
    }

    void stop() {
        stopped = true;
        wake();
    }

    @Override
    public void run() {
        while (!stopped) {
            if (mirror.needsLink()) {
                try {
                    round(mirror.config().peers());
                } catch (InterruptedException e) {
                    return;
                }
            }
            LockSupport.parkNanos(mirror.needsLink() ? PAUSE_NANOS : CONTENT_NANOS);
        }
    }

    private void round(List<String> peers) throws InterruptedException {
        CountDownLatch open = new CountDownLatch(peers.size());
        for (int i = 0; i < peers.size(); i++) {
            int rank = i;
            Thread.ofVirtual().name("mirror-dial").start(() -> {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos((long) rank * STAGGER_MILLIS));
                if (isWanted()) {
                    dial(peers.get(rank));
                }
                open.countDown();
            });
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS);
        while (mirror.needsLink() && System.nanoTime() < deadline && !open.await(20, TimeUnit.MILLISECONDS)) {
            // Until one is taken, all failed, or the round is over.
        }
    }

    private boolean isWanted() {
        return !stopped && !joining.get() && mirror.needsLink();
    }

    private void dial(String address) {
        Link opened = null;
        try {
            SocketChannel channel = SocketChannel.open();
            channel.socket().connect(resolve(address), CONNECT_MILLIS);
            Link link = new Link(channel);
            opened = link;
            mirror.silentLinks().watch(link);
            byte[] key = mirror.key();
            Message hello = Message.of(
                    "hello",
                    "mirror",
                    mirror.config().name(),
                    "version",
                    Authentication.VERSION,
                    "attach",
                    Long.toHexString(mirror.attach()),
                    "nonce",
                    Authentication.nonce());
            link.send(hello);
            Message challenge = line(link);
            if (challenge.verb().equals("busy")) {
                throw new IOException(challenge.get("reason"));
            }
            Authentication.check(Authentication.proof(key, "acceptor", hello, challenge), challenge.get("proof"));
            Session session = joined(
                    link,
                    Message.of("proof", "proof", Authentication.proof(key, "dialer", hello, challenge)),
                    Long.parseUnsignedLong(challenge.get("attach"), 16));
            if (session != null) {
                mirror.serve(session);
            }
        } catch (IOException | IllegalArgumentException e) {
            mirror.dialFailed(address, String.valueOf(e.getMessage()));
        } finally {
            if (opened != null) {
                mirror.silentLinks().unwatch(opened);
                opened.end("not joined");
            }
        }
    }

    /** The peer has proved itself; null when it is not needed any more. */
    private @Nullable Session joined(Link link, Message proof, long peerAttach) throws IOException {
        if (!joining.compareAndSet(false, true)) {
            link.close("another path was quicker");
            return null;
        }
        try {
            if (!mirror.giveWay()) {
                link.close("the link is heard again");
                return null;
            }
            link.send(proof);
            Message welcome = line(link);
            if (!welcome.verb().equals("welcome")) {
                throw new IOException(welcome.find("reason").orElse("refused"));
            }
            return mirror.admit(link, true, peerAttach);
        } finally {
            joining.set(false);
        }
    }

    static Message line(Link link) throws IOException {
        Frame frame = link.read();
        while (frame.type() == Frame.Type.PING) {
            frame = link.read();
        }
        if (frame.type() != Frame.Type.CONTROL) {
            throw new IOException(frame.type() + " before the meeting");
        }
        return Message.parse(StandardCharsets.UTF_8.decode(frame.payload()).toString());
    }

    /** {@code ip:port} or {@code [ip6]:port}. */
    static InetSocketAddress resolve(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + address + "' is not ip:port");
        }
        String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
        return new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
    }
}
