// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a group returns by itself to a node that stands earlier in its list. */
public enum FailbackMode {
    @JsonProperty("Manual")
    MANUAL,
    @JsonProperty("Automatic")
    AUTOMATIC
}
