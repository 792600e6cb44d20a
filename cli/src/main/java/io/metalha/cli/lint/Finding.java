// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

/**
 * Something that is wrong in a manifest.
 *
 * @param path     the field, such as {@code spec.resources[2].floatingIP.address}
 * @param sentence what is wrong and what to write instead
 */
record Finding(String path, String sentence) {}
