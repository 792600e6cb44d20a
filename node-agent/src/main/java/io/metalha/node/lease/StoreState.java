// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

/**
 * How far a voter's store may be trusted to have forgotten nothing (safety rule 7). Durable.
 *
 * <pre>
 *   EMPTY ── every other voter was seen EMPTY or READY ──► READY ── all seen READY, or one beyond ──► VOTING
 *     └── a majority without this voter is FILLING or VOTING ──► FILLING ── each group learnt ──────────┘
 * </pre>
 *
 * <p>Founding takes two durable steps so that a crash in its midst neither blocks it nor lets a lost store pass for a new
 * one: nobody votes before everybody was READY, so whoever is EMPTY beside a VOTING store has lost something.
 */
public enum StoreState {
    /** Nothing is known: a new store, or a lost or damaged one. It abstains. */
    EMPTY,
    /** New among the new: every voter was empty at once, so nothing was forgotten by anybody. */
    READY,
    /** Lost, and admitted again by a majority without it: votes on each group after a majority told how that one stands. */
    FILLING,
    /** Votes. */
    VOTING
}
