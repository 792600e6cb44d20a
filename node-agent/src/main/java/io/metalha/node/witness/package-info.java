// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides what one server asks of, and answers for, a voter that only stores: an object with compare-and-swap.
 *
 * <p>Pure. {@link io.metalha.node.witness.PassiveVoter} takes {@link io.metalha.node.witness.WitnessEvent}s and the time, and answers {@link
 * io.metalha.node.witness.WitnessEffect}s. To the lease core it is a voter like any other. docs/safety.md, rule 8.
 */
@NullMarked
package io.metalha.node.witness;

import org.jspecify.annotations.NullMarked;
