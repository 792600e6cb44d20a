// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Puts a floating IP on the right interface, tells the neighbours, and takes it off again.
 */
@NullMarked
package io.metalha.node.resource.floatingip;

import org.jspecify.annotations.NullMarked;
