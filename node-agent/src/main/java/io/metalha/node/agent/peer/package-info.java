// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Hears the other machines, through their keepers and from their agents' blobs, and sets what they tell side by side.
 */
@NullMarked
package io.metalha.node.agent.peer;

import org.jspecify.annotations.NullMarked;
