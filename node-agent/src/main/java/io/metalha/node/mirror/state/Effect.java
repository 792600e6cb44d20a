// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import java.util.List;

/** What a mirror must do, in the order given; each is finished before the next begins. */
public sealed interface Effect {
    /** Write the superblock; durable before the next effect. */
    record Persist(Superblock superblock) implements Effect {}

    /** How reads and writes of the application are treated from now on. */
    record Io(IoMode mode) implements Effect {}

    /** Attach the block device, then answer the request. */
    record Attach(String request, Epoch epoch) implements Effect {}

    /** Fail what waits and take the block device away, then answer the request. */
    record DetachHard(String request) implements Effect {}

    /** Take the block device away unless it is in use, flush both copies, save the bitmap, then say {@link Event.Drained}. */
    record Drain() implements Effect {}

    record Answer(String request, String verb, boolean ok, String reason) implements Effect {}

    /** Ask for a majority to write these copies. */
    record AskRecord(long id, List<CopyEntry> copies) implements Effect {}

    record Tell(long link, PeerMessage message) implements Effect {}

    record Disconnect(long link, String reason) implements Effect {}

    /** Apply what the peer writes over this link, or stop to. When it returns, nothing of a former link is applied any more. */
    record Accept(long link, boolean accept) implements Effect {}

    /** Mark what the peer's bitmap marks, or everything; then send what is marked. */
    record StartSync(long link, boolean full) implements Effect {}

    /**
     * Save what a resync from the other side of the split brain would overwrite: what either bitmap marks, or everything; then say {@link
     * Event.Saved}. Nothing else waits for it.
     */
    record SaveBlocks(boolean everything) implements Effect {}

    /** Nothing differs: clear the bitmap, in memory and on disk. */
    record ClearDirty() implements Effect {}
}
