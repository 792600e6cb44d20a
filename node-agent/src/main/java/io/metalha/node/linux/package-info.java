// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Kernel and libc calls through the foreign function interface.
 */
@NullMarked
package io.metalha.node.linux;

import org.jspecify.annotations.NullMarked;
