// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a ClusterOperation asks for. */
public enum OperationType {
    @JsonProperty("Move")
    MOVE,
    @JsonProperty("Failback")
    FAILBACK,
    @JsonProperty("Start")
    START,
    @JsonProperty("Stop")
    STOP,
    @JsonProperty("Restart")
    RESTART,
    @JsonProperty("Drain")
    DRAIN,
    @JsonProperty("Resync")
    RESYNC,
    @JsonProperty("Verify")
    VERIFY,
    @JsonProperty("ForceTakeover")
    FORCE_TAKEOVER,
    @JsonProperty("ResolveSplitBrain")
    RESOLVE_SPLIT_BRAIN,
    @JsonProperty("TestFencing")
    TEST_FENCING,
    @JsonProperty("SimulateFailure")
    SIMULATE_FAILURE,
    @JsonProperty("Explain")
    EXPLAIN
}
