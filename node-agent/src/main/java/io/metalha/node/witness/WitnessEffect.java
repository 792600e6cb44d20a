// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

import io.metalha.node.lease.LeaseMessage;

/** What the agent is to do. At most one Read or Write is under way; each is answered within {@link WitnessTiming#read()}. */
public sealed interface WitnessEffect {
    /** Read the object; the answer must be newer than this request, from the store itself and no cache. */
    record Read() implements WitnessEffect {}

    /** Replace the object's registers if it still has this uid and version. */
    record Write(String uid, String version, Registers registers) implements WitnessEffect {}

    /** Write this durably, then {@link WitnessEvent.Remembered}. Tokens grow by one; a later one may replace an earlier. */
    record Remember(long token, WitnessMemory memory) implements WitnessEffect {}

    /** The voter's answer to this server's keeper. */
    record Answer(LeaseMessage message) implements WitnessEffect {}

    /** To this server's keeper: {@link io.metalha.node.lease.LeaseEvent.Forgetful}. */
    record Forgetful(boolean forgot) implements WitnessEffect {}

    /** For people, on change. */
    record Tell(WitnessState state) implements WitnessEffect {}
}
