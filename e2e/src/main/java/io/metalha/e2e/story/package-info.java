// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Plays the ten steps of the IPTV story and reports each. */
@NullMarked
package io.metalha.e2e.story;

import org.jspecify.annotations.NullMarked;
