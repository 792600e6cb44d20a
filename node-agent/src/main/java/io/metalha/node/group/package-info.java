// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides what this node does with one failover group: start it in order, keep it well, stop it, hand it over.
 *
 * <p>Pure. Time comes in with the events; the work comes out as {@link io.metalha.node.group.Effect}s, which
 * {@code agent} carries out.
 */
@NullMarked
package io.metalha.node.group;

import org.jspecify.annotations.NullMarked;
