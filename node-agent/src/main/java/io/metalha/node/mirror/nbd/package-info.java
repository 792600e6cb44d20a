// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Serves a mirror to this server's kernel by the NBD protocol.
 */
@NullMarked
package io.metalha.node.mirror.nbd;

import org.jspecify.annotations.NullMarked;
