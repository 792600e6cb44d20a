// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The agent process: steps the decisions of every group on one thread, and carries their effects out.
 */
@NullMarked
package io.metalha.node.agent;

import org.jspecify.annotations.NullMarked;
