// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps what this node knows of one group, from its keeper, the other agents and its own past, and words it: as the
 * {@link io.metalha.node.placement.Situation} that placement decides on, as news for the others, as the cause of a
 * takeover, as the journal of decisions.
 *
 * <p>Pure. Time comes in; nothing here asks, tells or writes.
 */
@NullMarked
package io.metalha.node.agent.known;

import org.jspecify.annotations.NullMarked;
