// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.util.Set;

/**
 * Where a group is in its life on this node.
 *
 * <pre>
 *   Fresh ──Unheld──► Ending ──all stopped──► Standby ──Granted──► Listing ──► Starting ──► Running
 *     └────Resumed──► Probing ───────────────────────────────────────────────►─┘   ▲          │ monitor fails
 *                                                                                  └─Recovering◄┘
 *   Running, Starting, Recovering ──GiveUp──► Stopping ──► Releasing ──► Standby
 *   any with a lease ──Lost──► Ending
 * </pre>
 */
public sealed interface Phase {
    /** Just made: nothing is known yet. */
    record Fresh() implements Phase {}

    record Standby() implements Phase {}

    /** After the agent's restart: looks at what runs. */
    record Probing(Epoch epoch, MonotonicTime since) implements Phase {}

    /** The keeper is being told what it must end itself. */
    record Listing(Epoch epoch, MonotonicTime since, Cause cause) implements Phase {}

    record Starting(Epoch epoch, MonotonicTime since, Aim aim) implements Phase {}

    record Running(Epoch epoch, MonotonicTime since) implements Phase {}

    /** Stops {@code cycle}, then starts it again, not before {@code notBefore}. */
    record Recovering(Epoch epoch, MonotonicTime since, Set<ResourceId> cycle, MonotonicTime notBefore, Aim aim)
            implements Phase {}

    record Stopping(Epoch epoch, MonotonicTime since, Leave leave) implements Phase {}

    record Releasing(Epoch epoch, MonotonicTime since, Leave leave) implements Phase {}

    /** The lease is gone; ends what is left, hard. */
    record Ending(Epoch epoch, MonotonicTime since, String why) implements Phase {}

    /** What a start is for. */
    sealed interface Aim {
        record Takeover(Cause cause, MonotonicTime grantedAt) implements Aim {}

        record Restart(String why) implements Aim {}

        /** The specification changed, or the agent came back and found something stopped. */
        record Adjust(String why) implements Aim {}
    }

    /** The lease this phase works under, {@link Epoch#NONE} without one. */
    default Epoch held() {
        return switch (this) {
            case Fresh _, Standby _, Ending _ -> Epoch.NONE;
            case Probing p -> p.epoch();
            case Listing l -> l.epoch();
            case Starting s -> s.epoch();
            case Running r -> r.epoch();
            case Recovering r -> r.epoch();
            case Stopping s -> s.epoch();
            case Releasing r -> r.epoch();
        };
    }

    /** One word for status and journal. */
    default String word() {
        return getClass().getSimpleName();
    }
}
