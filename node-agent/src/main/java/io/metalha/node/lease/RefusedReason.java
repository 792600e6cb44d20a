// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

/** Why a wanted lease is not (yet) taken. */
public enum RefusedReason {
    /** The record lists up-to-date copies of some data, and none of them is here (safety rule 11). */
    STALE_COPY,
    /** No majority of voters answers, or too many of them abstain. */
    NO_MAJORITY,
    /** Somebody holds it. */
    HELD,
    /** This node's own vote is not usable yet: store not admitted, or a restart is being waited out. */
    OWN_VOTE,
    /** {@link LeaseCore#GROUPS_MAX} groups are known already. */
    TOO_MANY_GROUPS
}
