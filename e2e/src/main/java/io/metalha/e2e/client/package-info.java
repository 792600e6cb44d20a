// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Works against the two services as their users do, and remembers every answer with its time. */
@NullMarked
package io.metalha.e2e.client;

import org.jspecify.annotations.NullMarked;
