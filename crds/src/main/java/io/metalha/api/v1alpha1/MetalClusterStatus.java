// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import io.metalha.api.v1alpha1.schema.Span;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator gives and finds; agents only read it. */
@ApiObject
public record MetalClusterStatus(
        @JsonPropertyDescription("The metadata.generation that this status speaks of.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "The newest generation that the operator found good. Agents act on no newer one than this.")
        @Nullable
        Long acceptedGeneration,

        @JsonPropertyDescription("The cluster in at most five plain sentences.")
        List<String> summary,

        @JsonPropertyDescription("Ready, Reconciling, Stalled.") @ListMap(key = "type")
        List<Condition> conditions,

        @JsonPropertyDescription("Who votes.") @Nullable Voters voters,

        @JsonPropertyDescription("Voters whose agents report, of all: 3/3.") @Nullable
        String votersReporting,

        @JsonPropertyDescription("The timers in force, derived from the profile and spec.timers.") @Nullable
        Timing timing,

        @JsonPropertyDescription("How long a failover may take before the group's own start, and the arithmetic.")
        @Nullable
        FailoverBound failoverBound) {
    public MetalClusterStatus {
        summary = summary == null ? List.of() : List.copyOf(summary);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    /** The voter set. */
    @ApiObject
    public record Voters(
            @JsonPropertyDescription("Grows with each change of the set.") @Required
            Long sequence,

            @JsonPropertyDescription("The highest number ever given. Numbers are never used again.") @Required
            Integer highestNumber,

            @JsonPropertyDescription("The voters.") @ListMap(key = "name")
            List<Voter> voters) {
        public Voters {
            voters = voters == null ? List.of() : List.copyOf(voters);
        }
    }

    /** One voter. */
    @ApiObject
    public record Voter(
            @JsonPropertyDescription("The machine's name, or kubernetes-lease.") @Required
            String name,

            @JsonPropertyDescription("Its number, 1 to 255, in every epoch that it proposes.") @Required
            Integer number,

            @JsonPropertyDescription("Node, Witness or Lease.") @Required
            VoterRole role) {}

    /** The timers in force. */
    @ApiObject
    public record Timing(
            @JsonPropertyDescription("Between two heartbeats.") @Span(max = "10s") @Required
            Duration heartbeat,

            @JsonPropertyDescription("A silent path is down after this.") @Span(max = "2m") @Required
            Duration peerTimeout,

            @JsonPropertyDescription("What a voter grants.") @Span(max = "5m") @Required
            Duration lease,

            @JsonPropertyDescription("Effects end this long before the lease.") @Span(max = "10s") @Required
            Duration stopMargin,

            @JsonPropertyDescription("A silent agent counts as failed after this.") @Span(max = "5m") @Required
            Duration agentDeadline,

            @JsonPropertyDescription("Bound on the difference in rate of two hosts' clocks, in thousandths.") @Required
            Integer driftPermille) {}

    /** The worst case from the owner's death to the start of the first resource elsewhere. */
    @ApiObject
    public record FailoverBound(
            @JsonPropertyDescription("The sum.") @Span(max = "10m") @Required
            Duration beforeStart,

            @JsonPropertyDescription("The sum in milliseconds.") @Required
            Long beforeStartMillis,

            @JsonPropertyDescription("How the sum comes about.") @Required
            String arithmetic) {}
}
