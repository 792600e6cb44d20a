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

/** What the machine's agent reports; {@code conditions} are the operator's. */
@ApiObject
public record MetalNodeStatus(
        @JsonPropertyDescription("Ready: the agent reports. Written by the operator.") @ListMap(key = "type")
        List<Condition> conditions,

        @JsonPropertyDescription("When the agent last wrote this status (RFC 3339): on change and each ten seconds.")
        @Nullable
        String reportedAt,

        @JsonPropertyDescription("Heartbeat paths to peers that are up, of all: 4/4.") @Nullable
        String pathsUp,

        @JsonPropertyDescription("A heartbeat path by peer.") @Size(max = 512)
        List<PeerPath> paths,

        @JsonPropertyDescription("Versions of the agent and the system.") @Nullable
        Versions versions,

        @JsonPropertyDescription("The keeper, as it describes itself.") @Nullable
        Keeper keeper,

        @JsonPropertyDescription("Processors and memory.") @Nullable
        Capacity capacity,

        @JsonPropertyDescription("Fence devices of the other servers, as this one finds them.") @Nullable
        FencingReport fencing,

        @JsonPropertyDescription("What is not as it should be, a sentence each.") @Size(max = 32)
        List<String> warnings) {
    public MetalNodeStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        paths = paths == null ? List.of() : List.copyOf(paths);
        warnings = warnings == null ? List.of() : List.copyOf(warnings);
    }

    /** A heartbeat path to a peer. */
    @ApiObject
    public record PeerPath(
            @JsonPropertyDescription("The peer.") @Required String peer,
            @JsonPropertyDescription("The path.") @Required String path,

            @JsonPropertyDescription("Up or Down.") @Required
            String state,

            @JsonPropertyDescription("Since when (RFC 3339).") @Nullable
            String since,

            @JsonPropertyDescription("Round trip time when last reported, in microseconds.") @Nullable
            Long rttMicros) {}

    /** Versions. */
    @ApiObject
    public record Versions(
            @JsonPropertyDescription("The agent.") @Nullable String agent,

            @JsonPropertyDescription("The keeper.") @Nullable
            String keeper,

            @JsonPropertyDescription("The mirror.") @Nullable
            String mirror,

            @JsonPropertyDescription("The kernel.") @Nullable
            String kernel,

            @JsonPropertyDescription("The operating system.") @Nullable
            String os,

            @JsonPropertyDescription("The boot's id.") @Nullable
            String bootId) {}

    /** The keeper's own view of itself. */
    @ApiObject
    public record Keeper(
            @JsonPropertyDescription("Whether it has real-time priority.") @Nullable
            Boolean realtime,

            @JsonPropertyDescription("Whether its memory is locked.") @Nullable
            Boolean memoryLocked,

            @JsonPropertyDescription("The watchdog it feeds, or none.") @Nullable
            String watchdog,

            @JsonPropertyDescription("Garbage collections since its start.") @Nullable
            Long collections,

            @JsonPropertyDescription("The sequence of the voter set that it uses.") @Nullable
            Long votersSequence,

            @JsonPropertyDescription(
                    "Whether the vote in the API server answers to this server; left out where there is none.")
            @Nullable
            Boolean leaseVotes) {}

    /** Size of the machine. */
    @ApiObject
    public record Capacity(
            @JsonPropertyDescription("Processors.") @Nullable
            Integer processors,

            @JsonPropertyDescription("Memory in bytes.") @Nullable
            Long memoryBytes) {}
}
