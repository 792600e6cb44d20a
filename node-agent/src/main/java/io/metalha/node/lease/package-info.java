// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides who holds a group's lease and what a majority remembers of its data: one register a group, voted on by ballots
 * (PaxosLease with a durable register).
 *
 * <p>Pure. {@link io.metalha.node.lease.LeaseCore} takes {@link io.metalha.node.lease.LeaseEvent}s and the time, and
 * answers {@link io.metalha.node.lease.LeaseEffect}s, which the keeper carries out. docs/safety.md tells the rules.
 */
@NullMarked
package io.metalha.node.lease;

import org.jspecify.annotations.NullMarked;
