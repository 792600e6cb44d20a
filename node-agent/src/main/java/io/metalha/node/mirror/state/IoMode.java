// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.node.mirror.state;

/** How the application's writes are treated. */
public enum IoMode {
    /** Not Primary: everything fails. */
    CLOSED,
    /** Primary, reads go; writes wait, and nothing is acknowledged. */
    FROZEN,
    /** Each write goes to both copies and is acknowledged when both have it. */
    MIRRORED,
    /** As MIRRORED, to a target that is not up to date yet. */
    SYNCING,
    /** Each write goes to this copy and is marked in the bitmap. */
    ALONE
}
