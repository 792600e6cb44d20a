// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What every monitor is: one check of a resource's state. The monitors are in packages below.
 */
@NullMarked
package io.metalha.node.monitor;

import org.jspecify.annotations.NullMarked;
