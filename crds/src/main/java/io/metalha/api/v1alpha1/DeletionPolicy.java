// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a running group may be deleted. */
public enum DeletionPolicy {
    @JsonProperty("Refuse")
    REFUSE,
    @JsonProperty("Stop")
    STOP
}
