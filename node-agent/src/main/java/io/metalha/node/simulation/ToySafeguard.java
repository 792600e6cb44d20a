// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/** The protections that are the mirror's and the transport's part of the rules, as the toy mirror has them. */
public enum ToySafeguard {
    /** Rule 6: the next voter set waits until each voter that stays has settled in the present one. */
    ONE_CHANGE_AT_A_TIME,
    /** Rule 12: a write that the peer lacks is acknowledged only after a majority recorded the peer's copy Outdated. */
    OUTDATE_FIRST,
    /** Design 3: the mirror acknowledges nothing past the lease page's time. */
    LEASE_PAGE,
    /** Design 3: the peer refuses a lower epoch's writes. */
    REFUSE_OLD_EPOCH,
    /** Rule 15: a confirmed power-off ends the leases of the boot that was running when it was ordered, and no others. */
    FENCED_BOOT,
    /** Rule 15: a power-off that is not confirmed proves nothing. */
    UNCONFIRMED_PROVES_NOTHING,
    /** Rule 4: packets that name another session are dropped. */
    SESSIONS
}
