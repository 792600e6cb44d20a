// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Runs fence agents (programs of Debian's fence-agents, FenceAgentAPI) with a bound, and keeps their secrets to itself. */
@NullMarked
package io.metalha.node.fencing.device;

import org.jspecify.annotations.NullMarked;
