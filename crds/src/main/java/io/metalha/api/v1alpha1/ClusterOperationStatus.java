// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of it. Written by the operator; agents report in the group's member entries, and answer in {@code answers}. */
@ApiObject
public record ClusterOperationStatus(
        @JsonPropertyDescription(
                "Pending, Accepted (agents may act), Running, Succeeded, Failed, or Refused: nothing was done.")
        @Nullable
        OperationState state,

        @JsonPropertyDescription("The group's epoch on which it was decided. Agents refuse it under any other.")
        @Nullable
        String epoch,

        @JsonPropertyDescription("The node that is to take the group, where it was left to MetalHA.") @Nullable
        String target,

        @JsonPropertyDescription("What was done, or why not.") @Nullable
        String message,

        @JsonPropertyDescription("When it was accepted or refused (RFC 3339).") @Nullable
        String acceptedAt,

        @JsonPropertyDescription("When an agent began (RFC 3339).") @Nullable
        String startedAt,

        @JsonPropertyDescription("When it ended (RFC 3339).") @Nullable
        String finishedAt,

        @JsonPropertyDescription("Complete: True once it has ended, with the outcome as reason.") @ListMap(key = "type")
        List<Condition> conditions,

        @JsonPropertyDescription("The metadata.generation that this status speaks of.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Explain only: an entry a node, written by that node's agent.")
        @Size(max = 40)
        @ListMap(key = "node")
        List<OperationAnswer> answers) {
    public ClusterOperationStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        answers = answers == null ? List.of() : List.copyOf(answers);
    }

    /** The operator's part: answers are the agents'. */
    public ClusterOperationStatus(
            @Nullable OperationState state,
            @Nullable String epoch,
            @Nullable String target,
            @Nullable String message,
            @Nullable String acceptedAt,
            @Nullable String startedAt,
            @Nullable String finishedAt,
            List<Condition> conditions,
            @Nullable Long observedGeneration) {
        this(
                state,
                epoch,
                target,
                message,
                acceptedAt,
                startedAt,
                finishedAt,
                conditions,
                observedGeneration,
                List.of());
    }
}
