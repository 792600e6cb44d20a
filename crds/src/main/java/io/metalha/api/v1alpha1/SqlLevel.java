// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How deep a database is checked. */
public enum SqlLevel {
    @JsonProperty("Connect")
    CONNECT,
    @JsonProperty("Read")
    READ,
    @JsonProperty("ReadWrite")
    READ_WRITE
}
