// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What the agent lives from across restarts: its files, what it accepted, what it remembers of its groups, what the keeper
 * is configured with; and the journal it writes.
 */
@NullMarked
package io.metalha.node.agent.config;

import org.jspecify.annotations.NullMarked;
