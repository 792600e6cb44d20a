// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.membership;

import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which peer is heard on which path: a path is up from the first packet until {@code peerTimeout} passes without one, a
 * peer is alive while one of its paths is up. Allocates nothing while nothing changes.
 */
public final class Membership {
    private final List<VoterId> peers;
    private final List<String> paths;
    private final long timeoutNanos;
    private final long[] session;
    private final boolean[] alive;
    private final boolean[][] up;
    private final long[][] heardNanos;
    private final long[][] roundTripNanos;

    public Membership(List<VoterId> peers, List<String> paths, Duration peerTimeout) {
        this.peers = List.copyOf(peers);
        this.paths = List.copyOf(paths);
        this.timeoutNanos = peerTimeout.toNanos();
        int count = peers.size();
        session = new long[count];
        alive = new boolean[count];
        up = new boolean[count][paths.size()];
        heardNanos = new long[count][paths.size()];
        roundTripNanos = new long[count][paths.size()];
    }

    /**
     * A good packet came.
     *
     * @param roundTrip nanoseconds, negative when the packet tells none
     */
    public List<MembershipChange> heard(int peer, int path, long newSession, long roundTrip, long nowNanos) {
        heardNanos[peer][path] = nowNanos;
        if (roundTrip >= 0) {
            roundTripNanos[peer][path] = smoothed(roundTripNanos[peer][path], roundTrip);
        }
        if (up[peer][path] && session[peer] == newSession) {
            return List.of();
        }
        List<MembershipChange> changes = new ArrayList<>();
        if (session[peer] != newSession) {
            changes.add(new MembershipChange.SessionChanged(peers.get(peer), session[peer], newSession));
            session[peer] = newSession;
        }
        if (!up[peer][path]) {
            up[peer][path] = true;
            changes.add(new MembershipChange.PathUp(peers.get(peer), paths.get(path)));
        }
        if (!alive[peer]) {
            alive[peer] = true;
            changes.add(new MembershipChange.PeerUp(peers.get(peer)));
        }
        return changes;
    }

    /** An eighth of the new and seven of the old, as TCP does (RFC 6298). */
    private static long smoothed(long old, long sample) {
        return old == 0 ? sample : old + (sample - old) / 8;
    }

    /** Time went on. */
    public List<MembershipChange> tick(long nowNanos) {
        List<MembershipChange> changes = List.of();
        for (int peer = 0; peer < alive.length; peer++) {
            if (alive[peer]) {
                changes = tickPeer(peer, nowNanos, changes);
            }
        }
        return changes;
    }

    private List<MembershipChange> tickPeer(int peer, long nowNanos, List<MembershipChange> before) {
        List<MembershipChange> changes = before;
        boolean anyUp = false;
        for (int path = 0; path < up[peer].length; path++) {
            long silent = nowNanos - heardNanos[peer][path];
            if (up[peer][path] && silent >= timeoutNanos) {
                up[peer][path] = false;
                changes = plus(
                        changes,
                        new MembershipChange.PathDown(peers.get(peer), paths.get(path), Duration.ofNanos(silent)));
            }
            anyUp |= up[peer][path];
        }
        if (!anyUp) {
            alive[peer] = false;
            changes = plus(changes, new MembershipChange.PeerDown(peers.get(peer)));
        }
        return changes;
    }

    private static List<MembershipChange> plus(List<MembershipChange> changes, MembershipChange change) {
        List<MembershipChange> more = changes.isEmpty() ? new ArrayList<>() : changes;
        more.add(change);
        return more;
    }

    public boolean isAlive(int peer) {
        return alive[peer];
    }

    public boolean isUp(int peer, int path) {
        return up[peer][path];
    }

    /** Smoothed, nanoseconds; 0 while unknown. */
    public long roundTripNanos(int peer, int path) {
        return roundTripNanos[peer][path];
    }

    public long session(int peer) {
        return session[peer];
    }

    public List<VoterId> peers() {
        return peers;
    }

    public List<String> paths() {
        return paths;
    }
}
