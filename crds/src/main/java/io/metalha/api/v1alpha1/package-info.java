// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** The API (metalha.io/v1alpha1) as Java types; the CRD YAML is generated from them. */
@NullMarked
package io.metalha.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
