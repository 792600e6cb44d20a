// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.metalha.api.v1alpha1.schema.ApiObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one node keeps of its decisions on a group. Lists here are atomic: the API server tracks one owner an answer, not one a line. */
@ApiObject
public record OperationAnswer(
        @JsonPropertyDescription("The node.") @Required @Size(min = 1, max = 63)
        String node,

        @JsonPropertyDescription("When it answered, by its own clock (RFC 3339).") @Nullable
        String answeredAt,

        @JsonPropertyDescription("The decision in force, the alternatives it rejected, and what the keeper says.")
        @Size(max = 128)
        List<String> because,

        @JsonPropertyDescription("The last decisions, the oldest first.") @Size(max = 64)
        List<Decided> decisions,

        @JsonPropertyDescription("Older decisions that the node keeps and that had no room here.") @Nullable
        Integer leftOut,

        @JsonPropertyDescription("Why there is no answer.") @Nullable
        String error) {
    public OperationAnswer {
        because = because == null ? List.of() : List.copyOf(because);
        decisions = decisions == null ? List.of() : List.copyOf(decisions);
    }

    /** A decision that was made again and again without another in between. */
    @ApiObject
    public record Decided(
            @JsonPropertyDescription("When it was made first (RFC 3339).") @Required
            String first,

            @JsonPropertyDescription("When it was made last (RFC 3339).") @Required
            String last,

            @JsonPropertyDescription("How many times.") @Required
            Long times,

            @JsonPropertyDescription("The decision and the rule that led to it.") @Required
            String rule,

            @JsonPropertyDescription("The alternatives, and why not.")
            List<String> rejected,

            @JsonPropertyDescription("What the first of them saw: a line for the group, a line a node.")
            List<String> seen) {
        public Decided {
            rejected = rejected == null ? List.of() : List.copyOf(rejected);
            seen = seen == null ? List.of() : List.copyOf(seen);
        }
    }
}
