// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.local;

/**
 * What an end of a local socket does with what it hears. Calls for one connection come in order, {@code received} from
 * its reading thread only; a handler that blocks holds up that connection's reading and nothing else.
 */
public interface LineHandler {
    /** A connection is up; the place to say hello. */
    default void connected(LineConnection connection) {}

    /** One line came. An IllegalArgumentException is taken as the sender's fault and closes the connection. */
    void received(LineConnection connection, Message message);

    /** The connection is gone; nothing more of it will come. Called once for each {@code connected}. */
    default void disconnected(LineConnection connection, String why) {}
}
