// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What a person on the server asks its agent, with or without an API server: {@code metalha-agent status} and {@code explain}.
 */
@NullMarked
package io.metalha.node.command;

import org.jspecify.annotations.NullMarked;
