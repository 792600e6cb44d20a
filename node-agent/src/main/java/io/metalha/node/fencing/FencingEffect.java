// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.fencing;

import io.metalha.node.core.Epoch;
import io.metalha.node.core.GroupId;
import io.metalha.node.core.NodeId;
import java.util.List;
import java.util.Map;

/** What is to be done. */
public sealed interface FencingEffect {
    /** Have the device power the server off, then answer with {@link FencingEvent.Confirmed} or {@link FencingEvent.Unconfirmed}. */
    record PowerOff(long order, NodeId victim, String device) implements FencingEffect {}

    /**
     * The server was off after the order was given.
     *
     * @param held what it held when the order was given: these epochs have ended, no others
     */
    record Dead(NodeId victim, Map<GroupId, Epoch> held, List<String> devices) implements FencingEffect {}

    /** No level confirmed; nothing is known of the server. */
    record Failed(NodeId victim, List<String> reasons) implements FencingEffect {}
}
