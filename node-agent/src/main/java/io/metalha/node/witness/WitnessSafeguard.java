// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

/** The passive voter's protections by name, so that tests can take one away and see that its absence is noticed. */
public enum WitnessSafeguard {
    /** Rule 8: taken over only on a grant that was seen unchanged for its whole length. */
    FULL_LEASE_WATCH,
    /** Rule 8: a register that shows less than was seen of it abstains. */
    ABSTAINS_BACKWARDS,
    /** Rule 8: what was not watched without a gap was not watched. */
    WATCH_WITHOUT_GAP,
    /** Rule 8: what an answer says is remembered on the disk before it is said. */
    REMEMBERS_FIRST,
    /** Rule 8: a write names the version that was read. */
    COMPARE_AND_SWAP
}
