// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The mirror process: serves mirrored disks as the agent asks for them.
 */
@NullMarked
package io.metalha.node.mirror;

import org.jspecify.annotations.NullMarked;
