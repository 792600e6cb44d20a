// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.group;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.MonotonicTime;
import java.util.Set;

/** What happened, as the group's life hears of it. Facts are never refused; requests may be. */
public sealed interface Event {
    MonotonicTime now();

    /** The keeper holds the lease for us. */
    record Granted(Epoch epoch, Cause cause, MonotonicTime now) implements Event {}

    /** This agent has just started and the keeper holds the lease from before: nothing may be disturbed. */
    record Resumed(Epoch epoch, MonotonicTime now) implements Event {}

    /**
     * This agent has just started, or this server has just come into the placement, and the keeper does not hold the lease:
     * nothing may be left running.
     */
    record Unheld(Left left, MonotonicTime now) implements Event {}

    /** What of a group may run on a server that does not hold it. */
    enum Left {
        /** The placement does not name this server, and nothing says that it ever had the group: what runs is a person's own. */
        NOTHING,
        PERHAPS,
        /** It was held shortly before: what is left may be waiting in a frozen disk. */
        FROZEN
    }

    record Lost(Epoch epoch, String reason, MonotonicTime now) implements Event {}

    /** The keeper has (or has not) the list of what it ends itself when the lease ends. */
    record StopListed(Epoch epoch, boolean ok, String reason, MonotonicTime now) implements Event {}

    record StepDone(long call, MonotonicTime now) implements Event {}

    record StepFailed(long call, String reason, MonotonicTime now) implements Event {}

    /** Answer to a probe. */
    record Probed(long call, ProbeResult result, String reason, MonotonicTime now) implements Event {}

    /** @param run the run of the monitors that this belongs to; results of earlier runs are dropped */
    record MonitorResult(String monitor, long run, boolean ok, String reason, MonotonicTime now) implements Event {}

    record SpecChanged(GroupPlan plan, MonotonicTime now) implements Event {}

    /** Stop in order and give the lease back. */
    record GiveUp(Leave leave, MonotonicTime now) implements Event {}

    /** A person asks for a restart in place of these resources and what depends on them; empty: all. */
    record RestartAsked(Set<ResourceId> resources, String why, MonotonicTime now) implements Event {}

    record Released(Epoch epoch, MonotonicTime now) implements Event {}

    /**
     * What matters of the other nodes and of the networks.
     *
     * @param anotherCanTakeOver another node is alive, well, has a good copy and did not fail this group lately
     * @param failoversElsewhere handovers because of failures that other nodes count within the window
     * @param addressUseful      whether this node's addresses can be reached by anyone; while not, a failing address
     *                           is no reason to restart anything: placement decides whether moving helps
     */
    record Surroundings(boolean anotherCanTakeOver, int failoversElsewhere, boolean addressUseful, MonotonicTime now)
            implements Event {}

    record Tick(MonotonicTime now) implements Event {}

    /** What a probe found; Unknown is not Stopped. */
    enum ProbeResult {
        RUNNING,
        STOPPED,
        FAILED,
        UNKNOWN
    }
}
