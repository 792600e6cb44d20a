// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Reads the API objects as any tool does, by the names on the wire. */
@NullMarked
package io.metalha.e2e.kube;

import org.jspecify.annotations.NullMarked;
