// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides which peers this node hears, path by path and together.
 *
 * <p>Pure. It grants nothing: a lease does (safety rule 3), so a wrong guess here costs time only.
 */
@NullMarked
package io.metalha.node.membership;

import org.jspecify.annotations.NullMarked;
