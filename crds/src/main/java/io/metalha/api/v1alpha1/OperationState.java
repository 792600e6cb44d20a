// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far an operation is. */
public enum OperationState {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Accepted")
    ACCEPTED,
    @JsonProperty("Running")
    RUNNING,
    @JsonProperty("Succeeded")
    SUCCEEDED,
    @JsonProperty("Failed")
    FAILED,
    @JsonProperty("Refused")
    REFUSED
}
