// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The words that every part shares: nodes, groups, epochs, times and records, as values. Pure.
 */
@NullMarked
package io.metalha.node.core;

import org.jspecify.annotations.NullMarked;
