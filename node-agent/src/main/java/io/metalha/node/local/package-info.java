// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Messages between the processes of one server: lines of key=value over Unix sockets.
 */
@NullMarked
package io.metalha.node.local;

import org.jspecify.annotations.NullMarked;
