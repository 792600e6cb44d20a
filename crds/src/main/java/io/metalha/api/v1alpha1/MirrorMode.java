// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When a write is acknowledged. */
public enum MirrorMode {
    @JsonProperty("Sync")
    SYNC
}
