// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror;

import io.metalha.node.local.Message;

/** Where a mirror's lines for the agent go. */
interface Outlet {
    /** To whoever asked. Forgotten when they are gone. */
    void answer(String request, Message message);

    /** To everyone connected. */
    void push(Message message);
}
