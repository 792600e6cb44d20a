// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The memory-mapped page in which the keeper publishes each lease to mirror and agent.
 */
@NullMarked
package io.metalha.node.leasepage;

import org.jspecify.annotations.NullMarked;
