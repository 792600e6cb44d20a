// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** File systems with a driver. */
public enum FilesystemType {
    @JsonProperty("ext4")
    EXT4,
    @JsonProperty("xfs")
    XFS
}
