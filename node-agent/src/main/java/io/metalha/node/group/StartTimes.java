// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The last ten whole starts of a group on one node, and the bound that follows from them.
 *
 * <p>bound = detection and lease + start, where start = 1.5 × the largest of the last ten.
 */
public record StartTimes(List<Duration> last) {
    public static final int KEPT = 10;

    public StartTimes {
        last = List.copyOf(last.size() > KEPT ? last.subList(last.size() - KEPT, last.size()) : last);
    }

    public StartTimes with(Duration start) {
        List<Duration> more = new ArrayList<>(last);
        more.add(start);
        return new StartTimes(more);
    }

    /** Zero while nothing has been measured. */
    public Duration startBound() {
        return last.stream()
                .max(Duration::compareTo)
                .map(longest -> longest.multipliedBy(3).dividedBy(2))
                .orElse(Duration.ZERO);
    }

    /**
     * The start part of a takeover's bound: the larger of what this node and the others measured, for a node that has not
     * started the group for long, or never, cannot promise to be faster than the one that does. While nobody has measured
     * anything, what the resources are allowed to take.
     */
    public static Duration startBound(Duration here, Duration elsewhere, Duration allowed) {
        Duration measured = here.compareTo(elsewhere) > 0 ? here : elsewhere;
        return measured.isZero() ? allowed : measured;
    }

    /**
     * From a node's death to the grant elsewhere, at most: the voters' grants run out ({@link Timing#grantedFor()}, begun
     * by a renewal that was under way when the node died), then prepare and propose, each within a heartbeat, and the
     * candidate's own delay.
     */
    public static Duration leaseBound(Timing timing, Duration delay) {
        return timing.grantedFor().plus(timing.heartbeat().multipliedBy(2)).plus(delay);
    }
}
