// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks that a mirrored disk works.
 */
@NullMarked
package io.metalha.node.monitor.mirror;

import org.jspecify.annotations.NullMarked;
