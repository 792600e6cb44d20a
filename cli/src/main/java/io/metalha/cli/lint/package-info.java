// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Checks manifests without a cluster: the CRDs' schemas and rules, then what the operator would say. */
@NullMarked
package io.metalha.cli.lint;

import org.jspecify.annotations.NullMarked;
