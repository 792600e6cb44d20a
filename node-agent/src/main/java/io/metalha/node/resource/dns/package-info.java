// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Registers a group's host name at a DNS server (RFC 2136, TSIG).
 */
@NullMarked
package io.metalha.node.resource.dns;

import org.jspecify.annotations.NullMarked;
