// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What every resource driver is: start, stop and probe one thing, idempotently. The drivers are in packages below.
 */
@NullMarked
package io.metalha.node.resource;

import org.jspecify.annotations.NullMarked;
