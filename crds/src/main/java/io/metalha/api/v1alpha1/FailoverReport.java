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

/** One change of owner, as the node that took over reports it. */
@ApiObject
public record FailoverReport(
        @JsonPropertyDescription("Tells it from every other one: the epoch of the new owner.") @Required
        String id,

        @JsonPropertyDescription("Takeover (after a failure), Switchover (planned) or Failback.") @Nullable
        String kind,

        @JsonPropertyDescription("The node that ran the group before.") @Nullable
        String from,

        @JsonPropertyDescription("The node that runs it since.") @Required
        String to,

        @JsonPropertyDescription("Why, in one CamelCase word, such as NodeLost.") @Required
        String reason,

        @JsonPropertyDescription("Why, in a sentence.") @Nullable
        String message,

        @JsonPropertyDescription("When it was noticed (RFC 3339).") @Required
        String startedAt,

        @JsonPropertyDescription("What took how long, in order.") @Size(max = 64) @ListMap(key = "name")
        List<Phase> phases,

        @JsonPropertyDescription(
                "From the last moment at which the old owner is known to have served, to the last resource's start.")
        @Nullable
        Long outageMillis,

        @JsonPropertyDescription("The bound that was fixed before.") @Nullable
        Long boundMillis) {
    public FailoverReport {
        phases = phases == null ? List.of() : List.copyOf(phases);
    }

    /** One part of it. */
    @ApiObject
    public record Phase(
            @JsonPropertyDescription("detect, lease, promote, mount, address, or the resource's name.") @Required
            String name,

            @JsonPropertyDescription("How long it took.") @Required
            Long millis) {}
}
