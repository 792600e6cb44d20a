// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.MonotonicTime;
import java.util.ArrayDeque;

/**
 * Safety rule 14: a link that keeps failing must not make the application pay for one resync after the other.
 *
 * <p>In no span of {@link MirrorTiming#flapsWithin} more than {@link MirrorTiming#flapsMax} resyncs are begun because of it,
 * and none waits longer than that needs.
 */
final class Flaps {
    private final MirrorTiming timing;
    private final ArrayDeque<MonotonicTime> losses = new ArrayDeque<>();
    private boolean holding;

    Flaps(MirrorTiming timing) {
        this.timing = timing;
    }

    void lost(MonotonicTime now) {
        losses.addLast(now);
        if (losses.size() > timing.flapsMax()) {
            losses.removeFirst();
        }
    }

    boolean hold(MonotonicTime now) {
        holding = losses.size() >= timing.flapsMax()
                && now.isBefore(losses.getFirst().plus(timing.flapsWithin()));
        return holding;
    }

    boolean isHolding() {
        return holding;
    }
}
