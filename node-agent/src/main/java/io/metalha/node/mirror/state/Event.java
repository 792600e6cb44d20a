// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;

/** What a mirror is told. */
public sealed interface Event {
    /** @param forced a person accepts this copy although it may be old; a majority has recorded it as the good one */
    record Promote(String request, Epoch epoch, boolean forced, MonotonicTime now) implements Event {
        public Promote(String request, Epoch epoch, MonotonicTime now) {
            this(request, epoch, false, now);
        }
    }

    record Demote(String request, boolean hard) implements Event {}

    /** A soft demotion's flush and detach came to an end. */
    record Drained(boolean ok, String reason) implements Event {}

    /**
     * The peer was authenticated over a new link and told what it is.
     *
     * @param dirty     whether this side's bitmap marks any block
     * @param unflushed whether this side wrote, as Primary, what was not flushed on both sides since
     */
    record LinkUp(long link, PeerView peer, boolean dirty, boolean unflushed, MonotonicTime now) implements Event {}

    /** A person lets the other side of a split brain win. */
    record Yield(String request) implements Event {}

    /** {@link Effect.SaveBlocks} came to an end. */
    record Saved(boolean ok, String said) implements Event {}

    /** @param tried for how long every path was tried in vain before the silent link was ended */
    record LinkDown(long link, Duration tried, MonotonicTime now) implements Event {}

    record PeerSaid(long link, PeerMessage message, MonotonicTime now) implements Event {}

    /** The keeper's opinion of the peer's node. */
    record PeerAlive(boolean alive, MonotonicTime now) implements Event {}

    /** @param writeWaits whether the application waits for a write now */
    record Tick(MonotonicTime now, boolean writeWaits) implements Event {}

    record RecordAnswered(long id, boolean ok, String reason, MonotonicTime now) implements Event {}

    /** Every block that the resync was started for is on the target, flushed. */
    record ResyncFinished(long link, MonotonicTime now) implements Event {}
}
