// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import java.util.ArrayDeque;

/** A process of a simulated host: it lives, is paused, ends. */
final class Lane {
    /** What a paused process finds in its socket afterwards is bounded; the kernel drops what comes later. */
    private static final int WAITING_MAX = 1_000;

    private final ArrayDeque<Due> waiting = new ArrayDeque<>();
    private long life;
    private long pausedUntil;

    long life() {
        return life;
    }

    boolean isPaused(long now) {
        return pausedUntil > now;
    }

    void pause(long until) {
        pausedUntil = Math.max(pausedUntil, until);
    }

    void keep(Due due) {
        if (waiting.size() < WAITING_MAX || !due.isFromOutside()) {
            waiting.add(due);
        }
    }

    /** What waited, in its order. */
    ArrayDeque<Due> release() {
        pausedUntil = 0;
        ArrayDeque<Due> all = new ArrayDeque<>(waiting);
        waiting.clear();
        return all;
    }

    /** Whatever this process had still to do is forgotten. */
    void end() {
        life++;
        pausedUntil = 0;
        waiting.clear();
    }
}
