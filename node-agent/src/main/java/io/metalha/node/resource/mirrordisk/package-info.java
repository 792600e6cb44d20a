// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Promotes and demotes a mirrored disk as a resource of its group.
 */
@NullMarked
package io.metalha.node.resource.mirrordisk;

import org.jspecify.annotations.NullMarked;
