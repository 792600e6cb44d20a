// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Writes to the API server what a planner decided: status by server-side apply, and events. */
@NullMarked
package io.metalha.operator.kube;

import org.jspecify.annotations.NullMarked;
