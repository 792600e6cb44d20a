// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Does the servers harm at random, from a seed, and looks for what must never happen.
 */
@NullMarked
package io.metalha.e2e.storm;

import org.jspecify.annotations.NullMarked;
