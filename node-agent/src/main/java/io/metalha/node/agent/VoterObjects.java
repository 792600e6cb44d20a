// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent;

import io.metalha.node.agent.witness.VoterObject;
import java.time.Duration;

/** Where an object that votes is found. */
interface VoterObjects {
    /**
     * Does not wait.
     *
     * @param grant a request ends after a fifth of it
     */
    VoterObject open(String name, Duration grant);
}
