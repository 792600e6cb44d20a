// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
/** Plays what happens to the IPTV system: the ten steps of its story, and for figures some of them again and again. */
@NullMarked
package io.metalha.e2e.story;

import org.jspecify.annotations.NullMarked;
