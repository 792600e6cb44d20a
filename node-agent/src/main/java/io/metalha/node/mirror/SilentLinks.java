// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.mirror.wire.Link;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How long one mirror keeps a link on which nothing is heard. Any thread.
 *
 * <p>Takes no lock of the mirror's, for whoever holds that may be waiting to send to the very peer that takes nothing, until its
 * link is given up here. So the keeper's word on the peer's node is kept here too, beside the state machine, which must be
 * stepped to learn of it: it counts here before.
 */
final class SilentLinks {
    /** A server whose JVM is cold takes several hundred milliseconds to prove itself. */
    private static final Duration UNPROVEN_MAX = Duration.ofSeconds(1);

    private static final long LAST_CHANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(120);

    private final Set<Link> unproven = ConcurrentHashMap.newKeySet();
    /** The keeper's word on the peer's node, or what has refuted it since. */
    private volatile boolean peerAlive = true;

    private volatile Duration grace;

    /** @param grace how long every path is tried before the peer counts as lost */
    SilentLinks(Duration grace) {
        this.grace = grace;
    }

    void grace(Duration next) {
        grace = next;
    }

    void peerAlive(boolean alive) {
        peerAlive = alive;
    }

    /** A link that is being authenticated is given up when it is silent. */
    void watch(Link link) {
        unproven.add(link);
    }

    void unwatch(Link link) {
        unproven.remove(link);
    }

    /** Called every {@link Link#TICK_MILLIS}. */
    void listen() {
        for (Link link : unproven) {
            link.listen();
            if (link.silence().compareTo(UNPROVEN_MAX) >= 0) {
                giveUp(link, "not proven");
            }
        }
    }

    /**
     * A silent link is kept as long as there is hope: a peer that is slow answers on it, and a better way takes its place.
     * Hope ends with the peer's node, or when every path was tried for the grace (safety rule 14).
     */
    void giveUpTheHopeless(@Nullable Session current) {
        if (current == null || !current.link().isSilent()) {
            return;
        }
        if (!peerAlive) {
            giveUp(current.link(), "the peer's node is not heard on any path");
        } else if (triedInVain(current.link()).compareTo(grace) >= 0) {
            giveUp(current.link(), "no path leads to the peer");
        }
    }

    /** For how long the paths were tried: from when a link is called silent. */
    static Duration triedInVain(Link link) {
        return link.isSilent() ? link.silence().minus(Link.SILENT) : Duration.ZERO;
    }

    /**
     * Makes room for a link whose other end has just proved itself; false when the present one is heard again. A peer that was
     * only slow answers on all its connections at once, and is given a ping's time to be heard on the present one.
     */
    static boolean giveWay(@Nullable Session current) {
        if (current == null) {
            return true;
        }
        long lastChance = System.nanoTime() + LAST_CHANCE_NANOS;
        while (current.link().isSilent() && System.nanoTime() < lastChance) {
            LockSupport.parkNanos(LAST_CHANCE_NANOS / 20);
        }
        return giveUpIfSilent(current, "the peer answered on another connection");
    }

    static boolean giveUpIfSilent(@Nullable Session current, String why) {
        boolean silent = current != null && current.link().isSilent();
        if (current != null && silent) {
            giveUp(current.link(), why);
        }
        return silent;
    }

    private static void giveUp(Link link, String why) {
        link.close("silent for " + link.silence().toMillis() + " ms, and " + why);
    }
}
