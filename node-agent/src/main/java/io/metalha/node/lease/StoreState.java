// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

/**
 * How far a voter's store may be trusted to have forgotten nothing (safety rule 7). Durable.
 *
 * <pre>
 *   EMPTY ── every other voter was seen EMPTY or READY ──► READY ── all READY, or one VOTING ──► VOTING
 *     └── a majority without this voter votes ──► FILLING (votes on a group once a majority told how it stands)
 * </pre>
 */
public enum StoreState {
    /** Nothing is known: a new store, or a lost or damaged one. It abstains. */
    EMPTY,
    /** New among the new: every voter was empty at once, so nothing was forgotten by anybody. */
    READY,
    /** Lost, and admitted again by a majority without it: votes on a group after learning how it stands. */
    FILLING,
    /** Votes. */
    VOTING
}
