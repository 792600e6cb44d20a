// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** An address alone, in front of a web server that runs on both servers: how fast it fails over, and that load does not move it. */
@NullMarked
package io.metalha.e2e.edge;

import org.jspecify.annotations.NullMarked;
