// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Runs many simulations on the cores of this machine, and tells what they found.
 *
 * <p>Do-side: the threads, the clock and the printing that {@code simulation} may not know.
 */
@NullMarked
package io.metalha.node.simulate;

import org.jspecify.annotations.NullMarked;
