// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

/** The core's protections by name, so that tests can take one away and see that its absence is noticed. */
enum Safeguard {
    /** Rule 1: a voter refuses a value that is not above the one it has. */
    RECORD_ORDER,
    /** Rule 1: a voter refuses a value whose epoch is below its promise. */
    PROMISE_BARS_LOWER,
    /** Rule 1: a candidate adopts the highest record of its prepare majority. */
    ADOPT_HIGHEST,
    /** Rule 2: a candidate's ballot is above every promise of a majority. */
    BALLOT_ABOVE_ALL,
    /** Rule 3: a voter with an unexpired lease promises nothing. */
    HELD_ANSWER,
    /** Rule 4: a lease counts from the send time of the request that was answered. */
    SEND_TIME,
    /** Rule 5: a voter waits out, after a start, what it may have granted before. */
    RESTART_WAIT,
    /** Rule 5: that wait is the longest grant ever given, not the configured one. */
    LONGEST_GRANT,
    /** Rule 6: a voter takes what is said under its own voter set only. */
    VOTER_SET_NUMBER,
    /** Rule 6: who changes to another voter set first learns from a majority of it what was written under the one before. */
    VOTER_SET_SETTLES,
    /** Rule 7: an empty store abstains until it is admitted. */
    EMPTY_ABSTAINS,
    /** Rule 7: a voter whose store was lost votes like any other only after it has learnt each group. */
    FILLED_FIRST,
    /** Rule 11: only who has an up-to-date copy takes over. */
    STALE_COPY,
    /** Rule 11: the last up-to-date copy is never removed. */
    LAST_COPY,
    /** Rule 18 and Paxos: an answer leaves after what it says is on the disk. */
    PERSIST_FIRST,
    /** Rule 19: a holder's own voter writes a record before another voter sees it. */
    OWN_RECORD_FIRST,
    /** Design 3: more than half of the voters. */
    MAJORITY,
    /** Design 3: a voter keeps a grant longer by the bound on drift. */
    DRIFT,
    /** A lease that ended at the holder is never renewed. */
    EXPIRED_IS_FINAL,
    /** Rule 5: a keeper that resumes counts no answer to what the one before it asked. */
    RESUMED_COUNTS_ANEW,
    /** Rule 4: what was asked before a suspension is not answered after it. */
    SUSPENSION_ENDS_ROUNDS,
    /** A release frees the lease of its own epoch only. */
    RELEASE_EPOCH
}
