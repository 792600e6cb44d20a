// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.metalha.api.v1alpha1.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/** A condition as the Kubernetes API conventions have it. */
@ApiObject
public record Condition(
        @JsonPropertyDescription("What it is about, such as Ready.") @Required
        String type,

        @JsonPropertyDescription("True, False or Unknown.") @Required
        String status,

        @JsonPropertyDescription("The metadata.generation that it speaks of.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("When the status last changed (RFC 3339).") @Required
        String lastTransitionTime,

        @JsonPropertyDescription("Why, in one CamelCase word.") @Required
        String reason,

        @JsonPropertyDescription("Why, in a sentence, with the next step.") @Required
        String message) {
    public static final String TRUE = "True";
    public static final String FALSE = "False";
    public static final String UNKNOWN = "Unknown";

    public boolean holds() {
        return status.equals(TRUE);
    }
}
