// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks that processes exist.
 */
@NullMarked
package io.metalha.node.monitor.process;

import org.jspecify.annotations.NullMarked;
