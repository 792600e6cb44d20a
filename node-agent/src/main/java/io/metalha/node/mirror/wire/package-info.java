// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Connects the mirrors of two servers: authentication, frames, paths.
 */
@NullMarked
package io.metalha.node.mirror.wire;

import org.jspecify.annotations.NullMarked;
