// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The keeper process: carries out what membership and lease core decide, on time.
 *
 * <p>One thread ({@code Engine}) steps the cores and sends heartbeats; what may block (record files, stop lists, log lines,
 * local sockets) has threads of its own and comes back through the {@code Inbox}.
 */
@NullMarked
package io.metalha.node.keeper;

import org.jspecify.annotations.NullMarked;
