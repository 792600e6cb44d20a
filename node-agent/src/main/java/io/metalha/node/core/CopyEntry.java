// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.core;

import java.util.UUID;

/**
 * What a record says about one copy of a group's data.
 *
 * @param data       id of the mirrored data, the same on all its copies; made once, with the first copy
 * @param copy       id of this copy, from its superblock (safety rule 7: never a name)
 * @param upToDate   whether the copy holds every acknowledged write; false means Outdated
 * @param generation current generation identifier of the data when the entry was written
 */
public record CopyEntry(UUID data, UUID copy, boolean upToDate, long generation) {}
