// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The agent's line to the API server: what it is to do comes in, what it found goes out. Nothing waits for it.
 */
@NullMarked
package io.metalha.node.kube;

import org.jspecify.annotations.NullMarked;
