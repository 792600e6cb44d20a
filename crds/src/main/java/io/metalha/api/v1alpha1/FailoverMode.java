// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who decides that a group moves after a failure. */
public enum FailoverMode {
    @JsonProperty("Automatic")
    AUTOMATIC,
    @JsonProperty("Manual")
    MANUAL
}
