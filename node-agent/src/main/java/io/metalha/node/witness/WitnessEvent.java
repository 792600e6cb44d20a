// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.lease.LeaseMessage;

/** What happened, as {@link PassiveVoter#step} is told. */
public sealed interface WitnessEvent {
    /** Time goes on; due at {@link PassiveVoter#nextDeadlineNanos()} at the latest. */
    record Tick() implements WitnessEvent {}

    /** This server's keeper asks the voter. */
    record Asked(LeaseMessage message) implements WitnessEvent {}

    /** The keeper began anew: what the one before asked is answered to nobody. */
    record KeeperGone() implements WitnessEvent {}

    /** The host was suspended; its clock stood still, so nobody watched the object meanwhile. */
    record Suspended() implements WitnessEvent {}

    /** Answer to {@link WitnessEffect.Read}. */
    record Found(Snapshot snapshot) implements WitnessEvent {}

    /** Answer to {@link WitnessEffect.Read}: there is no such object. */
    record Absent() implements WitnessEvent {}

    /** Answer to {@link WitnessEffect.Write}: the object is now what was written, of this version. */
    record Written(String version) implements WitnessEvent {}

    /** Answer to {@link WitnessEffect.Write}: somebody else wrote first, or the object is another. */
    record Conflict() implements WitnessEvent {}

    /** Answer to either: nobody knows whether a write happened. */
    record Failed(String reason) implements WitnessEvent {}

    /** Up to this token the memory is on the disk. */
    record Remembered(long token) implements WitnessEvent {}
}
