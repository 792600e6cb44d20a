// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Repeats failures and prints how long the service was away. */
@NullMarked
package io.metalha.e2e.bench;

import org.jspecify.annotations.NullMarked;
