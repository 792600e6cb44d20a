// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks a web server by a real request.
 */
@NullMarked
package io.metalha.node.monitor.http;

import org.jspecify.annotations.NullMarked;
