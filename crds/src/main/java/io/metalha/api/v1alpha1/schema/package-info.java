// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Annotations that say how an API type reads and writes, where the generator's own do not reach. */
@NullMarked
package io.metalha.api.v1alpha1.schema;

import org.jspecify.annotations.NullMarked;
