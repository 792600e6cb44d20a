// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Carries reads, writes and flushes to both copies, and resyncs what differs.
 */
@NullMarked
package io.metalha.node.mirror.data;

import org.jspecify.annotations.NullMarked;
