// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.witness;

/**
 * The object as one read found it.
 *
 * @param uid     the object's own: one that was deleted and made again has another
 * @param version what a write names so that it is refused if anybody wrote in between; compared for nothing else
 */
public record Snapshot(String uid, String version, Registers registers) {}
