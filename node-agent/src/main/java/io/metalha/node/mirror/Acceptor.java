// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.local.Message;
import io.metalha.node.mirror.wire.Authentication;
import io.metalha.node.mirror.wire.Link;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Accepts the peers' links on one address, for all mirrors of the process. */
final class Acceptor implements AutoCloseable {
    private static final int UNPROVEN_MAX = 64;
    private static final long PROVE_SECONDS = 2;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocketChannel listener;
    private final Function<String, @Nullable Mirror> mirrors;
    private final AtomicInteger unproven = new AtomicInteger();

    Acceptor(String address, Function<String, @Nullable Mirror> mirrors) throws IOException {
        this.mirrors = mirrors;
        listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(Dialer.resolve(address));
        Thread.ofVirtual().name("mirror-accept").start(this::accept);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                if (unproven.incrementAndGet() > UNPROVEN_MAX) {
                    unproven.decrementAndGet();
                    channel.close();
                    continue;
                }
                Thread.ofVirtual().name("mirror-meet").start(() -> meet(channel));
            } catch (IOException e) {
                if (listener.isOpen()) {
                    System.err.println("cannot accept a mirror's link: " + e.getMessage());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private void meet(SocketChannel channel) {
        boolean proven = false;
        Link opened = null;
        try {
            Link link = new Link(channel);
            opened = link;
            Thread bound = Thread.ofVirtual().start(() -> expire(link));
            Message hello = Dialer.line(link);
            Mirror mirror = mirrors.apply(hello.get("mirror"));
            if (mirror == null || !hello.get("version").equals(Integer.toString(Authentication.VERSION))) {
                link.send(Message.of("busy", "reason", "no mirror of that name and version is served here"));
                link.close("unknown mirror");
                bound.interrupt();
                return;
            }
            byte[] key = mirror.key();
            Message open = Message.of(
                    "challenge", "attach", Long.toHexString(mirror.attach()), "nonce", Authentication.nonce());
            link.send(Message.of(
                    "challenge",
                    "attach",
                    open.get("attach"),
                    "nonce",
                    open.get("nonce"),
                    "proof",
                    Authentication.proof(key, "acceptor", hello, open)));
            Message proof = Dialer.line(link);
            Authentication.check(Authentication.proof(key, "dialer", hello, open), proof.get("proof"));
            bound.interrupt();
            unproven.decrementAndGet();
            proven = true;
            Session session = mirror.admit(link, false, Long.parseUnsignedLong(hello.get("attach"), 16));
            if (session != null) {
                mirror.serve(session);
            }
        } catch (IOException | IllegalArgumentException e) {
            close(channel);
        } finally {
            if (!proven) {
                unproven.decrementAndGet();
            }
            if (opened != null) {
                opened.end("ended");
            }
        }
    }

    private static void expire(Link link) {
        try {
            Thread.sleep(java.time.Duration.ofSeconds(PROVE_SECONDS));
            link.close("did not prove the key in time");
        } catch (InterruptedException e) {
            // Proven, or gone.
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Gone is what was wanted.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }
}
