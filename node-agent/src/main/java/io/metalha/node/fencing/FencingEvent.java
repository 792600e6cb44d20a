// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.MonotonicTime;
import java.util.Map;
import java.util.Set;

/** What {@link FencingMachine} is told. */
public sealed interface FencingEvent {
    MonotonicTime now();

    /**
     * The server is heard on no path any more, and did not stop what it ran before.
     *
     * @param held epochs that it took and did not give back, as far as this node's voter knows
     */
    record Vanished(Map<GroupId, Epoch> held, MonotonicTime now) implements FencingEvent {
        public Vanished {
            held = Map.copyOf(held);
        }
    }

    /** Another has these groups by now, so that their former owner keeps nobody from running them. */
    record TakenOver(Set<GroupId> groups, MonotonicTime now) implements FencingEvent {
        public TakenOver {
            groups = Set.copyOf(groups);
        }
    }

    /** It is heard again. */
    record Heard(MonotonicTime now) implements FencingEvent {}

    /**
     * A person has it powered off, whatever it does.
     *
     * @param held as {@link Vanished#held}
     */
    record Demanded(Map<GroupId, Epoch> held, MonotonicTime now) implements FencingEvent {
        public Demanded {
            held = Map.copyOf(held);
        }
    }

    /** @param entitled whether this node hears a majority of the voters, itself included */
    record Tick(boolean entitled, MonotonicTime now) implements FencingEvent {}

    /** The device said that it did it, and when asked again that the server is off. */
    record Confirmed(long order, MonotonicTime now) implements FencingEvent {}

    /** Anything else: proves nothing. */
    record Unconfirmed(long order, String reason, MonotonicTime now) implements FencingEvent {}
}
