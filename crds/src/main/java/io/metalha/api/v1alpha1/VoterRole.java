// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a voter is. */
public enum VoterRole {
    @JsonProperty("Node")
    NODE,
    @JsonProperty("Witness")
    WITNESS,
    /** A Lease of the API server. */
    @JsonProperty("Lease")
    LEASE
}
