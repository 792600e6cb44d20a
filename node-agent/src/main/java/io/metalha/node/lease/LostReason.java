// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

/** Why a lease is no longer held. */
public enum LostReason {
    /** No majority renewed it in time, or the host was suspended. */
    EXPIRED,
    /** A majority has promised a higher epoch; told before time ends it where it is known. */
    SUPERSEDED,
    /** This node's agent did not check in. */
    AGENT_SILENT
}
