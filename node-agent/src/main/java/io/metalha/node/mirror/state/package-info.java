// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides what one copy of a mirrored disk does: handshake, peer loss, resync, promotion. Pure.
 */
@NullMarked
package io.metalha.node.mirror.state;

import org.jspecify.annotations.NullMarked;
