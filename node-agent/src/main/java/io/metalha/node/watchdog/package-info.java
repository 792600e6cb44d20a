// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides whether this server may go on: when the watchdog is armed, fed, or left to reset the server.
 *
 * <p>Pure. Times are readings of one monotonic clock.
 */
@NullMarked
package io.metalha.node.watchdog;

import org.jspecify.annotations.NullMarked;
