// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks a systemd unit's state.
 */
@NullMarked
package io.metalha.node.monitor.unit;

import org.jspecify.annotations.NullMarked;
