// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Finds from answers and journals what must never happen: two owners, lost rows, outages past their bound. */
@NullMarked
package io.metalha.e2e.evidence;

import org.jspecify.annotations.NullMarked;
