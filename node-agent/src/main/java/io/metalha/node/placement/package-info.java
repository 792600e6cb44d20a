// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides who should try for a group, and after what delay, from what every node tells of itself.
 *
 * <p>Pure. Every node computes the same from the same view; a wrong guess costs time, never safety, for the lease decides.
 */
@NullMarked
package io.metalha.node.placement;

import org.jspecify.annotations.NullMarked;
