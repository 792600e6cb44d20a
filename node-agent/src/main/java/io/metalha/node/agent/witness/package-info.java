// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Carries out what the passive voter's client decides: its thread, its memory on the disk. */
@NullMarked
package io.metalha.node.agent.witness;

import org.jspecify.annotations.NullMarked;
