// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

import io.metalha.node.core.Epoch;
import java.util.UUID;

/** What one side tells the other over a link, besides data. In order with the data. */
public sealed interface PeerMessage {
    /** The sender's role now, and where its data is. Said at each meeting and at each change. */
    record Role(boolean primary, Epoch epoch, Generations generations) implements PeerMessage {}

    /** Primary: become the target of a resync. */
    record SyncBegin(UUID data, long sizeBytes, Epoch epoch) implements PeerMessage {}

    /** Target: marked Inconsistent, durably; send. */
    record SyncReady() implements PeerMessage {}

    /** Primary: you have everything, and a majority recorded it. */
    record SyncDone(Generations source) implements PeerMessage {}

    /** Target: marked UpToDate, durably. */
    record Synced() implements PeerMessage {}
}
