// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

/**
 * What goes wrong. Each kind strikes in a rhythm of its own, drawn from the seed; half of the kinds do not occur in a seed, for
 * combinations that a fair mixture would drown. Counted are packets for the first four, else strikes that found something to
 * hit.
 */
public enum FaultKind {
    /** A packet is lost. */
    LOSS,
    /** A packet comes twice. */
    DUPLICATION,
    /** A packet comes up to two seconds after those sent later, also over a cut that began meanwhile. */
    REORDERING,
    /** All packets take longer for a while, up to 300 ms. */
    DELAY,
    /** A voter that only votes repeats what it said, up to 30 s later. */
    STALE_ANSWERS,
    /** One direction between two hosts. */
    ONE_WAY_CUT,
    /** Both directions between two hosts; others see both. */
    PARTIAL_PARTITION,
    /** One host from all others. */
    ISOLATION,
    /** Path by path and pair by pair in one random order, released in another. */
    SWIZZLE,
    /** A clock's rate changes, within the bound. */
    DRIFT,
    /** The keeper stands still, up to 60 s. */
    KEEPER_PAUSE,
    /** Everything on a host stands still but its clock, up to 60 s: a hung kernel. */
    HOST_PAUSE,
    /** A host sleeps, its clock too, up to 60 s: only BOOTTIME tells. */
    SUSPEND,
    /** Power off, some time later on. */
    CRASH,
    /** Everything loses power at once, and comes back host by host. */
    POWER_LOSS,
    /** A witness is off for up to a minute. */
    WITNESS_DOWN,
    /** In order or killed; page, mirror and what runs stay. */
    KEEPER_RESTART,
    /** Other timers, lease included, reach the keepers one after another; each reads them by beginning anew. */
    CONFIGURATION,
    /** The group is moved by a person. */
    MOVE,
    /** The agent does not check in. */
    AGENT_SILENT,
    /** The mirror asks to record that nobody has the data. */
    MIRROR_CONFUSED,
    /** Writes take up to 300 ms. */
    SLOW_DISK,
    /** Writes and the reading at a start fail for up to 20 s. */
    DISK_ERROR,
    /** What is not on the disk yet cannot be put there. */
    DISK_FULL,
    /** The power goes amid a write, and the sector is neither old nor new. */
    TORN_WRITE,
    /** The power goes amid a write, and the disk has the old. */
    LOST_WRITE,
    /** Of several records waiting, a later one reaches the disk before the power goes. */
    REORDERED_WRITE,
    /** A slot of a record file goes bad, at most one of the two. */
    CORRUPT_SECTOR,
    /** A slot is written over another file's slot. */
    MISDIRECTED_WRITE,
    /** A disk is replaced, or both slots of a file went bad, while the host is off. */
    NEW_DISK,
    /** A fence device cuts a host's power and says so within 50 ms. */
    FENCE_CONFIRMED,
    /** It cuts the power, and the answer is up to 8 s late: the host may be back by then. */
    FENCE_LATE,
    /** It answers that it could not; half of the time it did. */
    FENCE_FAILS,
    /** It never answers; half of the time it cuts the power, up to 3 s later. */
    FENCE_SILENT,

    // Of a voter that only stores; they strike where there is one.

    /** The API server answers nobody, up to 60 s. */
    API_OUTAGE,
    /** One server does not reach the API server. */
    API_CUT,
    /** Requests take long, and are perhaps carried out after nobody waits any more. */
    API_SLOW,
    /** An answer is lost; what was asked was done. */
    API_ANSWER_LOST,
    /** Reads show how it was up to two seconds ago. */
    API_STALE,
    /** The API server is restored from a backup. */
    API_RESTORED,
    /** The object is deleted and made again, blank. */
    API_OBJECT_REPLACED,
    /** The agent, who speaks with the API server, begins anew. */
    AGENT_RESTART,
    /** The agent stands still. */
    AGENT_PAUSE,

    /** The operator changes the voter set by one; strikes where it is asked for. */
    VOTER_CHANGE;

    /** Others are the outcome of something that is done. */
    boolean isRhythmic() {
        return ordinal() < FENCE_CONFIRMED.ordinal();
    }

    /** Whether it needs a voter that only stores. */
    public boolean isPassiveVoters() {
        return compareTo(API_OUTAGE) >= 0 && compareTo(AGENT_PAUSE) <= 0;
    }
}
