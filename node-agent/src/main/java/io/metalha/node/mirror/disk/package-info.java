// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps a copy's data and metadata on its backing device (docs/mirror-format.md).
 */
@NullMarked
package io.metalha.node.mirror.disk;

import org.jspecify.annotations.NullMarked;
