// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.MonotonicTime;
import java.util.ArrayDeque;

/** Safety rule 14: a link that keeps failing must not make the application pay for one resync after the other. */
final class Flaps {
    private final MirrorTiming timing;
    private final ArrayDeque<MonotonicTime> losses = new ArrayDeque<>();
    private MonotonicTime holdUntil = MonotonicTime.ZERO;
    private boolean holding;

    Flaps(MirrorTiming timing) {
        this.timing = timing;
    }

    void lost(MonotonicTime now) {
        losses.addLast(now);
        while (losses.getFirst().plus(timing.flapsWithin()).isBefore(now)) {
            losses.removeFirst();
        }
        if (losses.size() >= timing.flapsMax()) {
            holdUntil = now.plus(timing.flapsWithin());
            losses.clear();
        }
    }

    boolean hold(MonotonicTime now) {
        holding = now.isBefore(holdUntil);
        return holding;
    }

    boolean isHolding() {
        return holding;
    }
}
