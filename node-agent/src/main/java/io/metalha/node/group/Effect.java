// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.time.Duration;
import java.util.Map;

/** What is to be done. Calls are numbered; each is answered once, by StepDone, StepFailed or Probed. */
public sealed interface Effect {
    record Start(ResourceId resource, Epoch epoch, Duration timeout, long call) implements Effect {}

    record Stop(ResourceId resource, Epoch epoch, boolean hard, Duration timeout, long call) implements Effect {}

    record Probe(ResourceId resource, Duration timeout, long call) implements Effect {}

    /** The call's outcome is not wanted any more: interrupt it. It is still answered. */
    record Interrupt(long call) implements Effect {}

    /** Make the held marker, then have the keeper store the stop list; answered by StopListed. */
    record Hold(Epoch epoch) implements Effect {}

    /** Remove the held marker: from now on nothing may start a unit of the group. */
    record Unhold() implements Effect {}

    /** Give the lease back; answered by Released. */
    record Release(Epoch epoch) implements Effect {}

    record StartMonitors(long run) implements Effect {}

    record StopMonitors() implements Effect {}

    /** The definition of a resource has changed or is gone: its next start uses the new one. */
    record Redefine(GroupPlan plan) implements Effect {}

    /** The group runs: a takeover or first start is complete. */
    record Started(Epoch epoch, Cause cause, MonotonicTime grantedAt, Duration total, Map<ResourceId, Duration> starts)
            implements Effect {}

    /** A restart in place is complete. */
    record Restarted(Epoch epoch, String why, Duration total) implements Effect {}

    /** Everything is stopped in order and the lease is given back. */
    record Left(Epoch epoch, Leave leave, Duration total) implements Effect {}

    /** Everything is stopped after the lease was lost. */
    record Ended(Epoch epoch, String why, Duration total) implements Effect {}

    /** For the journal: what was decided and why. */
    record Say(String what) implements Effect {}
}
