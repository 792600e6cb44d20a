// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Heartbeat packets between keepers: their layout, who may have sent them, and that none counts twice.
 */
@NullMarked
package io.metalha.node.heartbeat;

import org.jspecify.annotations.NullMarked;
