// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** State of a resource or monitor. Unknown is not Stopped. */
public enum ResourceState {
    @JsonProperty("Running")
    RUNNING,
    @JsonProperty("Starting")
    STARTING,
    @JsonProperty("Stopping")
    STOPPING,
    @JsonProperty("Stopped")
    STOPPED,
    @JsonProperty("Failed")
    FAILED,
    @JsonProperty("Unknown")
    UNKNOWN
}
