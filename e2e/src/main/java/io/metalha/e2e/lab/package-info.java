// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Drives the lab's machines from outside: power, cables, signals, journals. */
@NullMarked
package io.metalha.e2e.lab;

import org.jspecify.annotations.NullMarked;
