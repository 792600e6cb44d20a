// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.heartbeat;

import java.util.Arrays;

/**
 * What is known of one peer's session, and the packet counters of each path to and from it.
 *
 * <p>A session of the peer is believed only when a packet names ours as its receiver: that can have been made only since
 * we started. Why not on the first sight of a well-sealed packet: (1) the peer restarts, session 1 to session 2; (2)
 * somebody replays a first packet of session 1; (3) we would count the peer as restarted again, at will. Sessions that we
 * left stay left, for the same reason.
 */
public final class PeerSession {
    /** Restarts of one peer remembered; a replay from before the last {@value} is told by its counter only. */
    private static final int LEFT_MAX = 64;

    final int number;
    private final byte[] clusterKey;
    private final long ownSession;
    private final long[] sent;
    private final long[] received;
    private final long[] left = new long[LEFT_MAX];
    private int leftCount;
    private long session;
    private PairKey sendKey;
    private PairKey receiveKey;

    long lastSendNanos; // by the peer's clock
    long lastArrivalNanos; // by ours

    public PeerSession(int number, byte[] clusterKey, long ownSession, int paths) {
        this.number = number;
        this.clusterKey = clusterKey.clone();
        this.ownSession = ownSession;
        sent = new long[paths];
        received = new long[paths];
        sendKey = new PairKey(this.clusterKey, ownSession, 0);
        receiveKey = new PairKey(this.clusterKey, 0, ownSession);
    }

    /** The peer's session, 0 while it has none that we believe. */
    public long session() {
        return session;
    }

    public int number() {
        return number;
    }

    long ownSession() {
        return ownSession;
    }

    PairKey sendKey() {
        return sendKey;
    }

    PairKey receiveKey() {
        return receiveKey;
    }

    /** The key of packets between any two sessions; for those that are not of the current pair. */
    PairKey key(long senderSession, long receiverSession) {
        return new PairKey(clusterKey, senderSession, receiverSession);
    }

    long nextCounter(int path) {
        return ++sent[path];
    }

    /** Takes the counter of a packet of the current session; false when it is not new on this path. */
    boolean isNew(int path, long counter) {
        if (counter <= received[path]) {
            return false;
        }
        received[path] = counter;
        return true;
    }

    boolean wasLeft(long other) {
        for (int i = 0; i < Math.min(leftCount, LEFT_MAX); i++) {
            if (left[i] == other) {
                return true;
            }
        }
        return false;
    }

    void adopt(long newSession) {
        if (session != 0) {
            left[leftCount++ % LEFT_MAX] = session;
        }
        session = newSession;
        sendKey = key(ownSession, newSession);
        receiveKey = key(newSession, ownSession);
        lastSendNanos = 0;
        lastArrivalNanos = 0;
        Arrays.fill(received, 0);
    }
}
