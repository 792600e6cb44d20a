// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import java.time.Duration;

/**
 * What is done about a failed resource, in this order: restart in place, hand the group over, final action.
 *
 * @param restarts     restarts in place before the group is handed over
 * @param maxFailovers handovers because of failures, by all nodes together, within {@code within}
 * @param automatic    whether the group may be handed over because of a failure at all
 * @param paused       nothing is restarted or moved by itself; monitors still report
 */
public record Recovery(
        int restarts, int maxFailovers, Duration within, FinalAction finalAction, boolean automatic, boolean paused) {
    /** What is done when restarts and failovers are used up. */
    public enum FinalAction {
        /** Stop the group, everywhere, until a person starts it. */
        STOP_GROUP,
        /** Leave what runs running, and try the failed resource again, slower each time. */
        KEEP_TRYING
    }

    public Recovery {
        if (restarts < 0 || maxFailovers < 0 || within.isNegative()) {
            throw new IllegalArgumentException("restarts, maxFailovers and within must not be negative");
        }
    }
}
