// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a node is chosen. */
public enum PlacementStrategy {
    @JsonProperty("Priority")
    PRIORITY
}
