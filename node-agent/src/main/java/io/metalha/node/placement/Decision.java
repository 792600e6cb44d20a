// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.placement;

import io.metalha.node.core.NodeId;
import java.time.Duration;
import java.util.List;

/** What this node should do about a group's place; {@code rejected} tells the alternatives and why not. */
public sealed interface Decision {
    String why();

    List<String> rejected();

    /** The kind of decision and the rule that led to it, for people. */
    default String inWords() {
        return getClass().getSimpleName() + ": " + why();
    }

    /** Try for the lease, {@code delay} after it is seen free. */
    record Try(Duration delay, String why, List<String> rejected) implements Decision {}

    /** Do not try. */
    record Wait(String why, List<String> rejected) implements Decision {}

    /** Keep what runs here. */
    record Stay(String why, List<String> rejected) implements Decision {}

    /** Give the group to {@code target}, once this has been the decision for {@code settle} without a break. */
    record HandOver(Kind kind, NodeId target, Duration settle, String why, List<String> rejected) implements Decision {}

    /** Why a group is handed over. */
    enum Kind {
        FAILBACK,
        UNREACHABLE,
        NOT_LISTED
    }
}
