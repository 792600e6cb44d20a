// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** Something happened that must never happen, or did not happen that must. */
public final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String broken;

    SimulationFailure(String broken, String message) {
        super(message);
        this.broken = broken;
    }

    SimulationFailure(String broken, String message, Throwable cause) {
        super(message, cause);
        this.broken = broken;
    }

    /** Which assertion, as in {@link Truth}. */
    public String broken() {
        return broken;
    }

    /** Seed, moment and assertion; the message has the trace behind it. */
    public String sentence() {
        return String.valueOf(getMessage()).lines().findFirst().orElse(broken);
    }

    /** Nothing happened that must not, but what must happen did not. */
    public boolean isLiveness() {
        return broken.startsWith("6");
    }
}
