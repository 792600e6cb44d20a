// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Observes, asks the planners, and publishes their answers: a reconciler a kind. */
@NullMarked
package io.metalha.operator.reconcile;

import org.jspecify.annotations.NullMarked;
