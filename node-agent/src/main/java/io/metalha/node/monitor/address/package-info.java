// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks that a floating IP is where it belongs.
 */
@NullMarked
package io.metalha.node.monitor.address;

import org.jspecify.annotations.NullMarked;
