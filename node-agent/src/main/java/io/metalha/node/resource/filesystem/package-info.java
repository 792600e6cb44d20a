// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Mounts a group's file system after its journal was replayed, and unmounts it whoever sits in it.
 */
@NullMarked
package io.metalha.node.resource.filesystem;

import org.jspecify.annotations.NullMarked;
