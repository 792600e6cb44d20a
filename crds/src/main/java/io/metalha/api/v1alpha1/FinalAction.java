// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens when a group has failed over maxFailovers times within its window. */
public enum FinalAction {
    @JsonProperty("StopGroup")
    STOP_GROUP,
    @JsonProperty("KeepTrying")
    KEEP_TRYING
}
