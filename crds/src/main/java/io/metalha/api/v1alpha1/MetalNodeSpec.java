// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.metalha.api.v1alpha1.schema.ApiObject;

/** What the MetalCluster says of the machine. */
@ApiObject
public record MetalNodeSpec(
        @JsonPropertyDescription("Name of the MetalCluster.") @Required @Size(min = 1, max = 63)
        String cluster,

        @JsonPropertyDescription("Node or Witness.") @Required
        VoterRole role) {}
