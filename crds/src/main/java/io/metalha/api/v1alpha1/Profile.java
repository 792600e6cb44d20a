// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The one timing knob. */
public enum Profile {
    @JsonProperty("Fast")
    FAST,
    @JsonProperty("Normal")
    NORMAL,
    @JsonProperty("Safe")
    SAFE,
    @JsonProperty("Wan")
    WAN
}
