// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing;

import io.metalha.node.core.NodeId;
import java.time.Duration;
import java.util.List;

/**
 * How one server is powered off.
 *
 * @param levels tried in order; of one level each device must confirm, such as both outlets of two power supplies
 * @param delay  before the first order, without the random part
 * @param spread the random part is below this
 */
public record FencingPlan(NodeId victim, List<List<String>> levels, Duration delay, Duration spread) {
    public FencingPlan {
        levels = levels.stream().map(List::copyOf).toList();
        if (levels.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("a level without a device would confirm anything");
        }
    }

    /**
     * Two servers that do not hear each other, each with a group, would power each other off. The one that stands first in the
     * cluster's list shoots within half the configured delay; the other waits it out in full, and is off by then.
     *
     * @param first whether this server stands before the victim
     */
    public static FencingPlan of(NodeId victim, List<List<String>> levels, Duration configured, boolean first) {
        return new FencingPlan(victim, levels, first ? Duration.ZERO : configured, configured.dividedBy(2));
    }
}
