// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a node is for a group. Unknown is not Stopped. */
public enum MemberRole {
    @JsonProperty("Active")
    ACTIVE,
    @JsonProperty("Starting")
    STARTING,
    @JsonProperty("Stopping")
    STOPPING,
    @JsonProperty("Standby")
    STANDBY,
    @JsonProperty("Stopped")
    STOPPED,
    @JsonProperty("Failed")
    FAILED,
    @JsonProperty("Unknown")
    UNKNOWN
}
