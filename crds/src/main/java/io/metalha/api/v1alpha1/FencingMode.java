// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When a server that vanished with groups is powered off. */
public enum FencingMode {
    @JsonProperty("WhenNeeded")
    WHEN_NEEDED,
    @JsonProperty("Always")
    ALWAYS
}
