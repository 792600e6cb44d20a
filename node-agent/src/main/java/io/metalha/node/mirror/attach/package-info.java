// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Makes a block device of an NBD socket.
 */
@NullMarked
package io.metalha.node.mirror.attach;

import org.jspecify.annotations.NullMarked;
