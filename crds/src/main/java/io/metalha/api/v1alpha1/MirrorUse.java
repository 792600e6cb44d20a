// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether mirrors use a path. */
public enum MirrorUse {
    @JsonProperty("Preferred")
    PREFERRED,
    @JsonProperty("Fallback")
    FALLBACK,
    @JsonProperty("Never")
    NEVER
}
