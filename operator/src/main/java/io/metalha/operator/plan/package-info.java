// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Decides what status, events and MetalNodes should read, from what was observed. Pure: no clock, client or log. */
@NullMarked
package io.metalha.operator.plan;

import org.jspecify.annotations.NullMarked;
