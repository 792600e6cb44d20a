// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.e2e.evidence;

/**
 * A moment at which a node's right to have effects for a group began or ended, as the node itself logged it.
 *
 * @param nanos CLOCK_MONOTONIC_RAW, one clock for all containers of the machine
 */
public record Mark(String node, String group, long nanos, Kind kind) {

    /** What happened. */
    public enum Kind {
        /** The lease was granted: effects may begin. */
        BEGIN,
        /** Effects were ended, or the machine lost power. */
        END
    }
}
