// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group as one node's agent sees it on that node. */
@ApiObject
public record Member(
        @JsonPropertyDescription("The node.") @Required @Size(min = 1, max = 63)
        String node,

        @JsonPropertyDescription("What the node is for the group. Unknown: the node does not report.") @Nullable
        MemberRole role,

        @JsonPropertyDescription("Whether it runs the group well (Active) or could take it over now (Standby).")
        @Nullable
        Boolean ready,

        @JsonPropertyDescription("Why it is not ready, in one CamelCase word.") @Nullable
        String reason,

        @JsonPropertyDescription("Why it is not ready, in a sentence with the next step.") @Nullable
        String message,

        @JsonPropertyDescription("Since when the role holds (RFC 3339).") @Nullable
        String since,

        @JsonPropertyDescription("The epoch that it holds, or the highest that it saw, COUNTER.VOTER.") @Nullable
        String epoch,

        @JsonPropertyDescription("The metadata.generation that the agent acts on.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("When the agent last wrote this entry (RFC 3339): on change and each ten seconds.")
        @Nullable
        String reportedAt,

        @JsonPropertyDescription("The group's resources on this node.") @Size(max = 64) @ListMap(key = "name")
        List<Part> resources,

        @JsonPropertyDescription("The group's monitors on this node.") @Size(max = 64) @ListMap(key = "name")
        List<Part> monitors,

        @JsonPropertyDescription("The group's mirrors on this node.") @Size(max = 64) @ListMap(key = "name")
        List<Mirror> mirrors,

        @JsonPropertyDescription("What the active node computes for its own sudden death.") @Nullable
        IfDiesNow ifDiesNow,

        @JsonPropertyDescription("What became of the operations that this node carried out.")
        @Size(max = 20)
        @ListMap(key = "uid")
        List<OperationReport> operations,

        @JsonPropertyDescription("The last takeovers by this node.") @Size(max = 10) @ListMap(key = "id")
        List<FailoverReport> failovers) {
    public Member {
        resources = resources == null ? List.of() : List.copyOf(resources);
        monitors = monitors == null ? List.of() : List.copyOf(monitors);
        mirrors = mirrors == null ? List.of() : List.copyOf(mirrors);
        operations = operations == null ? List.of() : List.copyOf(operations);
        failovers = failovers == null ? List.of() : List.copyOf(failovers);
    }

    /** A resource or a monitor. */
    @ApiObject
    public record Part(
            @JsonPropertyDescription("Its name in the spec.") @Required
            String name,

            @JsonPropertyDescription("Running, Starting, Stopping, Stopped, Failed or Unknown.") @Required
            ResourceState state,

            @JsonPropertyDescription("Since when (RFC 3339).") @Nullable
            String since,

            @JsonPropertyDescription("The last error, with its time, kept until the next good start.") @Nullable
            String lastError) {}

    /** A mirror, in DRBD's words. */
    @ApiObject
    public record Mirror(
            @JsonPropertyDescription("The mirrorDisk resource's name.") @Required
            String name,

            @JsonPropertyDescription("Primary or Secondary.") @Nullable
            String role,

            @JsonPropertyDescription("Connecting, Connected, SyncSource, SyncTarget or Verifying.") @Nullable
            String connection,

            @JsonPropertyDescription("UpToDate, Outdated, Inconsistent, Failed or Diskless.") @Nullable
            String disk,

            @JsonPropertyDescription("The same of the peer's disk, or Unknown.") @Nullable
            String peerDisk,

            @JsonPropertyDescription("How the kernel reaches it: nbd or nbdfuse.") @Nullable
            String attach,

            @JsonPropertyDescription("Bytes that the peer's copy lacks, as of the last change of state.") @Nullable
            Long outOfSyncBytes,

            @JsonPropertyDescription("How far a resync is, in steps of ten.") @Nullable
            Integer resyncPercent,

            @JsonPropertyDescription("The path that the mirror uses.") @Nullable
            String path) {}

    /** The forecast of a failover. */
    @ApiObject
    public record IfDiesNow(
            @JsonPropertyDescription("The node that takes over; left out: none can.") @Nullable
            String node,

            @JsonPropertyDescription("The bound on the outage.") @Nullable
            Long boundMillis,

            @JsonPropertyDescription("Its part for detection and lease.") @Nullable
            Long detectMillis,

            @JsonPropertyDescription("Its part for the start: measured, or the sum of the start timeouts.") @Nullable
            Long startMillis,

            @JsonPropertyDescription("Whether startMillis was measured.") @Nullable
            Boolean measured,

            @JsonPropertyDescription("What data would be lost: none, or a sentence.") @Nullable
            String dataLoss,

            @JsonPropertyDescription("Why no node could take over, in a sentence.") @Nullable
            String text) {}

    /** How far an operation is on this node. */
    @ApiObject
    public record OperationReport(
            @JsonPropertyDescription("metadata.uid of the ClusterOperation.") @Required
            String uid,

            @JsonPropertyDescription("Running, Succeeded, Failed or Refused.") @Required
            OperationState state,

            @JsonPropertyDescription("What was done, or why not.") @Nullable
            String message,

            @JsonPropertyDescription("When it began (RFC 3339).") @Nullable
            String startedAt,

            @JsonPropertyDescription("When it ended (RFC 3339).") @Nullable
            String finishedAt) {}
}
