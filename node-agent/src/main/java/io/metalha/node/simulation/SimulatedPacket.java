// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.simulation;

import io.metalha.node.core.Epoch;
import io.metalha.node.lease.LeaseMessage;
import java.util.List;

/**
 * @param toSession the session that the sender believes the receiver to be in; 0 while it knows none
 * @param setNumber of the sender's voter set
 */
record SimulatedPacket(long fromSession, long toSession, long setNumber, Body body) {
    sealed interface Body {}

    /** A keeper's heartbeat with what rides on it. */
    record Heartbeat(List<LeaseMessage> entries) implements Body {}

    /** A keeper's message outside the heartbeat. */
    record Lease(LeaseMessage message) implements Body {}

    /** Between the toy mirrors. */
    sealed interface Mirror extends Body {
        /** The group's index. */
        int group();

        Epoch epoch();
    }

    record Write(int group, Epoch epoch, Content content) implements Mirror {}

    record Written(int group, Epoch epoch, Content content) implements Mirror {}

    record NotWritten(int group, Epoch epoch) implements Mirror {}

    record Sync(int group, Epoch epoch, Content content) implements Mirror {}
}
