// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.membership;

import io.metalha.node.core.VoterId;
import java.time.Duration;

/** What became different in whom this node hears. */
public sealed interface MembershipChange {
    VoterId peer();

    record PathUp(VoterId peer, String path) implements MembershipChange {}

    /** Nothing came on this path for so long. */
    record PathDown(VoterId peer, String path, Duration silent) implements MembershipChange {}

    /** The first path came up. */
    record PeerUp(VoterId peer) implements MembershipChange {}

    /** The last path went down. */
    record PeerDown(VoterId peer) implements MembershipChange {}

    /** The peer's keeper has started again (session 0: none was known before). */
    record SessionChanged(VoterId peer, long before, long now) implements MembershipChange {}
}
