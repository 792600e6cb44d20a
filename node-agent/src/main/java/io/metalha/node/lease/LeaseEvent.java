// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.lease;

import io.metalha.node.core.CopyEntry;
import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupRecord;
import io.metalha.node.core.MonotonicTime;
import io.metalha.node.core.VoterId;
import java.time.Duration;
import java.util.List;

/** What happened, as {@link LeaseCore#step} is told. {@code group} is {@code GroupId.key()} throughout. */
public sealed interface LeaseEvent {
    /**
     * First event of a keeper's life, with what its store holds.
     *
     * @param state        {@link StoreState#EMPTY} when the store is missing, empty or damaged in any part
     * @param longestGrant longest lease that may have been granted, as last persisted; the configured lease if unknown
     * @param groups       what was last persisted of each group; empty with {@link StoreState#EMPTY}
     */
    record Started(StoreState state, Duration longestGrant, List<StoredGroup> groups) implements LeaseEvent {}

    /** One group's durable half. */
    record StoredGroup(long group, Epoch promised, GroupRecord record) {}

    /**
     * After {@link Started}, a keeper that restarted without a reboot finds in the lease page that it held this
     * (safety rule 19). Answered by {@link LeaseEffect.Granted} (the agent sees the same epoch as before) or {@link
     * LeaseEffect.Lost}.
     */
    record Resume(long group, Epoch epoch, MonotonicTime usableUntil) implements LeaseEvent {}

    /** Time goes on; due at {@link LeaseCore#nextDeadlineNanos()} at the latest. */
    record Tick() implements LeaseEvent {}

    /**
     * {@code want}: stays in force until changed.
     *
     * @param acquire false: do not try (a lease that is held stays held until {@link Release})
     * @param delay   from the moment the register is seen free until the attempt
     * @param copies  this node's own copies whose superblock says UpToDate
     */
    record Want(long group, boolean acquire, Duration delay, List<CopyEntry> copies) implements LeaseEvent {}

    /**
     * {@code force}: a person accepts these stale copies (safety rule 11, its one exception). Ends with the wish, and once the lease
     * is granted. Freshness alone is forced: lease, ballot and majority are asked for as ever.
     *
     * @param decidedOn epoch of the record that the person saw; on a later one this counts for nothing
     * @param copies    this node's own copies that are to count as the good ones; empty takes the word back
     */
    record Force(long group, Epoch decidedOn, List<CopyEntry> copies) implements LeaseEvent {}

    /**
     * {@code record}: the holder has the copies of some data written. The entries replace all entries of the data ids
     * they name; data that they do not name stays as it is. Answered by {@link LeaseEffect.Recorded}.
     */
    record RecordChange(long request, long group, Epoch epoch, List<CopyEntry> copies) implements LeaseEvent {}

    /** {@code release}: every effect has ended. Answered by {@link LeaseEffect.Released}. */
    record Release(long request, long group, Epoch epoch) implements LeaseEvent {}

    /**
     * Stop renewing and call it lost: the agent fell silent. The lease ends by itself unless
     * {@link Release} follows when all has been stopped. {@code epoch} must be the one held.
     */
    record GiveUp(long group, Epoch epoch, LostReason reason) implements LeaseEvent {}

    /**
     * The boot that took {@code epoch} is over: its server was confirmed to be without power after it had taken it. Ends that
     * epoch's lease at every voter that hears of it, and no other's.
     */
    record OwnerDead(long group, Epoch epoch) implements LeaseEvent {}

    /**
     * The host was suspended, and its clock stood still meanwhile: by it, what was asked before seems to have been asked just now.
     * Every lease is lost, and no answer to an earlier request counts. Told before anything that came since.
     */
    record Suspended() implements LeaseEvent {}

    /** A message came, its sessions checked by the transport. */
    record Received(VoterId from, LeaseMessage message) implements LeaseEvent {}

    /** A peer is seen with another session than before: what it answered earlier counts for nothing new. */
    record SessionChanged(VoterId peer) implements LeaseEvent {}

    /**
     * A voter that only stores says whether it lacks what it once had, or has nothing yet. {@code true}, each time that it is said: holders tell
     * it what they hold, whether it is needed or not.
     */
    record Forgetful(VoterId voter, boolean forgot) implements LeaseEvent {}

    /** All {@link LeaseEffect.Persist} and {@link LeaseEffect.PersistStore} up to this token are on the disk. */
    record Persisted(long token) implements LeaseEvent {}
}
