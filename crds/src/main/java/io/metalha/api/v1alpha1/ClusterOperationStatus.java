// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.metalha.api.v1alpha1.schema.ApiObject;
import io.metalha.api.v1alpha1.schema.ListMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of it. Written by the operator; agents report in the group's member entries. */
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
        Long observedGeneration) {
    public ClusterOperationStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
