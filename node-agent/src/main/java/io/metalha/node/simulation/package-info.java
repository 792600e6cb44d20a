// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a whole cluster in one thread with virtual time and faults from a seed, and asserts what must never happen.
 *
 * <p>Pure. The same seed gives the same run, step by step.
 */
@NullMarked
package io.metalha.node.simulation;

import org.jspecify.annotations.NullMarked;
