// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** A process of a simulated host: it lives, is paused, ends. */
final class Lane {
    private long life;
    private long pausedUntil;

    long life() {
        return life;
    }

    long pausedUntil() {
        return pausedUntil;
    }

    void pause(long until) {
        pausedUntil = Math.max(pausedUntil, until);
    }

    /** Whatever this process had still to do is forgotten. */
    void end() {
        life++;
        pausedUntil = 0;
    }
}
