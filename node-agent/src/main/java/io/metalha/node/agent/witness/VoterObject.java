// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.agent.witness;

import io.metalha.node.witness.WitnessEffect;
import io.metalha.node.witness.WitnessEvent;

/** The object that is a passive voter. Calls wait, at most for a fifth of the grant; one thread. */
public interface VoterObject extends AutoCloseable {
    WitnessEvent read();

    /** Only over the version that {@code write} names. */
    WitnessEvent write(WitnessEffect.Write write);

    @Override
    void close();
}
