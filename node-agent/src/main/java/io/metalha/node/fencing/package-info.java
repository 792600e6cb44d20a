// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Decides when a server that vanished with groups is powered off, by which device, and what a confirmation is worth.
 *
 * <p>Pure. Time and answers come in as {@link io.metalha.node.fencing.FencingEvent}s, the work comes out as {@link
 * io.metalha.node.fencing.FencingEffect}s, which {@code agent} carries out through {@code fencing.device}.
 */
@NullMarked
package io.metalha.node.fencing;

import org.jspecify.annotations.NullMarked;
