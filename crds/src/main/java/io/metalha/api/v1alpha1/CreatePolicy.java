// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a blank device may be initialised. */
public enum CreatePolicy {
    @JsonProperty("IfBlank")
    IF_BLANK,
    @JsonProperty("IfBlankFromMountPoint")
    IF_BLANK_FROM_MOUNT_POINT,
    @JsonProperty("Never")
    NEVER
}
